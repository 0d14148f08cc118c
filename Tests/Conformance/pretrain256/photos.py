"""The photos of Debian's packages that the autoencoder learns from and that stand behind things.

FOLDER holds the packages, downloaded and unpacked, each in x-NAME:
    for p in mate-backgrounds ukui-wallpapers lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers gnome-backgrounds \\
             opencv-doc python3-skimage python3-sklearn; do apt-get download $p && dpkg -x ${p}_*.deb x-$p; done
"""
import glob
import os

OPENCV = (
    "fruits.jpg cards.png home.jpg board.jpg aero1.jpg stuff.jpg basketball1.png rubberwhale1.png leuvenA.jpg smarties.png squirrel_cls.jpg apple.jpg "
    "orange.jpg aloeL.jpg"
).split()
SKIMAGE = "coffee chelsea astronaut rocket motorcycle_left brick grass gravel camera".split()
# Pictures of these packages that are no photos are left out by an empty phrase in photos.json.
WALLPAPERS = ("ukui-wallpapers", "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "gnome-backgrounds")


def files(root: str):
    """Paths of all photos under `root`, in a fixed order."""
    yield from sorted(glob.glob(root + "/x-mate-backgrounds/**/nature/*.jpg", recursive=True))
    yield root + "/x-mate-backgrounds/usr/share/backgrounds/mate/abstract/Elephants.jpg"
    for package in WALLPAPERS:
        found = sorted(glob.glob(f"{root}/x-{package}/**/*.*", recursive=True))
        yield from (path for path in found if path.lower().endswith((".jpg", ".jpeg", ".webp", "city.png", "calla.png", "goldfish.png", "desert.png")))
    for folder in sorted(glob.glob(root + "/x-plasma-workspace-wallpapers/usr/share/wallpapers/*/contents/images")):
        yield max(glob.glob(folder + "/*.*"), key=os.path.getsize)
    opencv = root + "/x-opencv-doc/usr/share/doc/opencv-doc/examples/"
    yield from (opencv + "data/" + name for name in OPENCV)
    yield from (opencv + "alphamat/input_images/plant.jpg", opencv + "dnn_superres/butterfly.png")
    skimage = root + "/x-python3-skimage/usr/lib/python3/dist-packages/skimage/data/"
    for name in SKIMAGE:
        yield from [path for end in (".png", ".jpg") if os.path.exists(path := skimage + name + end)][:1]
    for name in ("china", "flower"):
        yield f"{root}/x-python3-sklearn/usr/lib/python3/dist-packages/sklearn/datasets/images/{name}.jpg"


def key(path: str) -> str:
    """The name by which photos.json knows a photo: its package and file, or the wallpaper's folder where files are called by their size."""
    parts = path.split(os.sep)
    package = next(part[2:] for part in parts if part.startswith("x-"))
    name = parts[-4] if parts[-2] == "images" and parts[-3] == "contents" else parts[-1]
    return f"{package}/{name}"
