"""Packs photos for the autoencoder, short side 400 px, JPEG: python photos.py ROOT OUT.npz [SHEET.png]

ROOT holds Debian's packages, downloaded and unpacked, each in x-NAME (`apt-get download NAME; dpkg -x NAME_*.deb x-NAME`): mate-backgrounds, ukui-wallpapers,
lomiri-wallpapers-16.04, lomiri-wallpapers-20.04, plasma-workspace-wallpapers, opencv-doc, python3-skimage, python3-sklearn.
"""
import glob, io, os, sys
import numpy as np
from PIL import Image

def files(root):
    yield from sorted(glob.glob(root + '/x-mate-backgrounds/**/nature/*.jpg', recursive=True))
    yield root + '/x-mate-backgrounds/usr/share/backgrounds/mate/abstract/Elephants.jpg'
    for p in ('x-ukui-wallpapers', 'x-lomiri-wallpapers-16.04', 'x-lomiri-wallpapers-20.04'):
        yield from sorted(f for f in glob.glob(f'{root}/{p}/**/*.*', recursive=True) if f.endswith(('.jpg', 'city.png', 'calla.png', 'goldfish.png', 'desert.png')))
    for d in sorted(glob.glob(root + '/x-plasma-workspace-wallpapers/usr/share/wallpapers/*/contents/images')):
        yield max(glob.glob(d + '/*.*'), key=os.path.getsize)
    cv = root + '/x-opencv-doc/usr/share/doc/opencv-doc/examples/'
    for n in 'fruits.jpg cards.png home.jpg board.jpg aero1.jpg stuff.jpg basketball1.png rubberwhale1.png leuvenA.jpg smarties.png squirrel_cls.jpg apple.jpg orange.jpg aloeL.jpg'.split(): yield cv + 'data/' + n
    yield cv + 'alphamat/input_images/plant.jpg'; yield cv + 'dnn_superres/butterfly.png'
    sk = root + '/x-python3-skimage/usr/lib/python3/dist-packages/skimage/data/'
    for n in 'coffee chelsea astronaut rocket motorcycle_left brick grass gravel camera'.split():
        yield next(sk + n + e for e in ('.png', '.jpg') if os.path.exists(sk + n + e))
    for n in ('china', 'flower'): yield f'{root}/x-python3-sklearn/usr/lib/python3/dist-packages/sklearn/datasets/images/{n}.jpg'

blobs, names, sheet = [], [], []
for f in files(sys.argv[1]):
    try: im = Image.open(f).convert('RGB')
    except Exception as e: print('left out', f, e); continue
    k = 400 / min(im.size); im = im.resize((round(im.width * k), round(im.height * k)), Image.LANCZOS) if k < 1 else im
    if im.width > 1000: im = im.crop((0, 0, 1000, im.height))
    b = io.BytesIO(); im.save(b, 'JPEG', quality=88); blobs.append(b.getvalue()); names.append(os.path.basename(f)); sheet.append(im.resize((96, 64)))
at = np.cumsum([0] + [len(b) for b in blobs])
np.savez(sys.argv[2], at=at, blob=np.frombuffer(b''.join(blobs), np.uint8)); print(len(names), 'photos', at[-1])
s = Image.new('RGB', (96 * 14, 64 * (-(-len(sheet) // 14))))
for i, im in enumerate(sheet): s.paste(im, (i % 14 * 96, i // 14 * 64))
if len(sys.argv) > 3: s.save(sys.argv[3])
