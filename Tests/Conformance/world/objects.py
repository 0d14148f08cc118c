"""Draws the world's things into a cache, once: `make setup-world`.

    objects.py CACHE [--processes N] [--side PX] [--only REGEX]

Photographic cut-outs come from Debian's `tuxpaint-stamps-default`, 3-D models from `sweethome3d-furniture`; which ones, what they are called,
from where they are seen and how they are lit says `stdlib/world/recipe.json`. A model is drawn by OSMesa on the CPU in every pose (columns)
and every light (rows). CACHE then holds for each thing
    objects/NAME.jpg    the colours, a grid of cells; outside of the thing they go on, so that edges show no seam
    objects/NAME.png    the coverage (0 to 255), one row of cells: light does not change it. It is the true outline, glass included
and `index.json`: what each thing is, its poses, lights, licence and author. Files that are there already are kept, so that a run which was
stopped goes on; a changed recipe starts anew."""
import os
os.environ.setdefault('PYOPENGL_PLATFORM', 'osmesa')
import argparse, hashlib, json, multiprocessing, re, resource, sys, tempfile, zipfile
import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

RECIPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'stdlib', 'world', 'recipe.json')
STAMP_SIDE = 320     # a larger stamp is reduced to this; a smaller one is kept


def file_name(identifier):
    """The name of a thing's files: its identifier without a suffix, with one dash for every run of other characters."""
    return re.sub(r'[^A-Za-z0-9]+', '-', re.sub(r'\.(png|svg)$', '', identifier)).strip('-').lower()


def continued(colour, cover):
    """Colours (H, W, 3) that go on beyond the thing (coverage H, W in 0…1), so that JPEG and resizing leave no dark seam."""
    solid = (cover > .5).astype(np.float32)
    out, known = colour * solid[..., None], solid
    for radius in (2, 6, 18, 60):
        blurred = np.stack([smooth(out[..., c] * 1., radius) for c in range(3)] + [smooth(known, radius)], -1)
        share = blurred[..., 3:]
        fill = np.where(share > 1e-3, blurred[..., :3] / np.maximum(share, 1e-3), out)
        out = np.where(known[..., None] > 0, out, fill)
        known = np.maximum(known, (share[..., 0] > 1e-3).astype(np.float32))
    mean = (colour * solid[..., None]).sum((0, 1)) / max(1., solid.sum())
    return np.where(known[..., None] > 0, out, mean)


def smooth(plane, radius):
    return uniform_filter(plane.astype(np.float32), 2 * radius + 1, mode='constant')


def stamp_cell(path):
    """Colours and coverage of a stamp, cropped to what can be seen."""
    image = Image.open(path).convert('RGBA')
    image = image.crop(image.getchannel('A').point(lambda v: 255 if v > 8 else 0).getbbox())
    longest = max(image.size)
    if longest > STAMP_SIDE:
        image = image.resize([max(1, round(s * STAMP_SIDE / longest)) for s in image.size], Image.LANCZOS)
    pixels = np.asarray(image, np.float32)
    return continued(pixels[..., :3], pixels[..., 3] / 255), pixels[..., 3] / 255


def catalogue(recipe, folder):
    """Path, author and title of every model by identifier; the packs are unpacked into `folder`."""
    out = {}
    for pack in recipe['models']['packs']:
        home = os.path.join(folder, pack)
        if not os.path.isdir(home):
            zipfile.ZipFile(os.path.join(recipe['models']['folder'], pack + '.sh3f')).extractall(home)
        rows = {}
        for line in open(home + '/PluginFurnitureCatalog.properties', encoding='latin-1'):
            if match := re.match(r'(\w+)#(\d+)=(.*)', line.strip()):
                rows.setdefault(match[2], {})[match[1]] = match[3]
        for number, row in rows.items():
            if 'model' in row:
                out[f'{pack}_{number}'] = dict(path=home + row['model'], creator=row.get('creator', ''), title=row.get('name', ''))
    return out


def towards(eye):
    """The pose of a camera or light at `eye` that looks at the origin."""
    forward = -eye / np.linalg.norm(eye)
    right = np.cross(forward, [0, 1., 0])
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = right, np.cross(right, forward), -forward, eye
    return matrix


def direction(azimuth, elevation):
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])


def stage_of(path):
    """A pyrender scene with the model, shrunk to a ball of radius 1 around the origin."""
    import pyrender, trimesh

    class Stage(pyrender.Scene):
        """Draws meshes in the order of their names: as a set, their order changed from run to run, and with it what shines through."""
        @property
        def mesh_nodes(self):
            return sorted(super().mesh_nodes, key=lambda node: node.name)

    scene = trimesh.load(path, force='scene', process=False)
    low, high = scene.bounds
    shrink = np.diag([2 / np.linalg.norm(high - low)] * 3 + [1])
    # What shines through (glass) is seen before light grey: the cut-out is put on other backgrounds as if it were opaque.
    stage = Stage(bg_color=[.78, .8, .82, 1.], ambient_light=[.3] * 3)
    for number, node in enumerate(sorted(scene.graph.nodes_geometry)):
        pose, key = scene.graph[node]
        mesh = scene.geometry[key]
        if not len(getattr(mesh, 'faces', ())):
            continue
        uv = getattr(mesh.visual, 'uv', None)
        if uv is None or len(uv) != len(mesh.vertices):     # a texture without coordinates: one colour
            colour = getattr(getattr(mesh.visual, 'material', None), 'main_color', [200, 200, 200, 255])
            mesh = mesh.copy()
            mesh.visual = trimesh.visual.ColorVisuals(mesh, vertex_colors=np.tile(np.array(colour, np.uint8), (len(mesh.vertices), 1)))
        pose = pose.copy()
        pose[:3, 3] -= (low + high) / 2
        stage.add(pyrender.Mesh.from_trimesh(mesh, smooth=len(mesh.faces) < 60000), pose=shrink @ pose, name=f'{number:05}')
    return stage


def model_cells(path, poses, lights, renderer, side):
    """Per light a list of (colours, coverage), one for each pose. Coverage is the same in all lights."""
    import pyrender
    stage = stage_of(path)
    camera = stage.add(pyrender.PerspectiveCamera(yfov=np.pi / 6))
    key, fill = (stage.add(pyrender.DirectionalLight(intensity=1.)) for _ in range(2))
    rows = []
    for light in lights:
        stage.ambient_light = [light['ambient']] * 3
        key.light.intensity, fill.light.intensity = light['strength'], light['fill']
        row = []
        for azimuth, elevation in poses:
            stage.set_pose(camera, towards(4.1 * direction(azimuth, elevation)))
            stage.set_pose(key, towards(direction(azimuth + light['azimuth'], light['elevation'])))
            stage.set_pose(fill, towards(direction(azimuth - light['azimuth'], 20)))
            colour, depth = renderer.render(stage, flags=pyrender.RenderFlags.SKIP_CULL_FACES)
            there = (depth > 0).astype(np.float32)
            fine = colour[..., :3].astype(np.float32) * there[..., None]
            halved = lambda plane: plane.reshape(side, 2, side, 2, -1).mean((1, 3))
            cover = halved(there)[..., 0]
            row.append((halved(fine) / np.maximum(cover, 1e-3)[..., None], cover))
        rows.append(row)
    return rows


def write(path, rows):
    """Writes a grid of cells; refuses one with next to nothing to see."""
    covers = [cover for _, cover in rows[0]]
    if max(cover.mean() for cover in covers) < .02:
        raise ValueError('next to nothing to see')
    colours = np.concatenate([np.concatenate([continued(*cell) for cell in row], 1) for row in rows], 0)
    new = path + '.new'     # renamed when complete: a run that was stopped leaves no half of a file
    Image.fromarray(np.clip(colours + .5, 0, 255).astype(np.uint8)).save(new, 'JPEG', quality=93, subsampling=0, optimize=True)
    os.replace(new, path + '.jpg')
    Image.fromarray((np.concatenate(covers, 1) * 255 + .5).astype(np.uint8)).save(new, 'PNG', optimize=True)
    os.replace(new, path + '.png')


def draw(job):
    """Draws one thing unless its files are there. Returns its identifier and what went wrong, or None."""
    identifier, path, target, recipe, side = job
    if os.path.exists(target + '.jpg') and os.path.exists(target + '.png'):
        return identifier, None
    try:
        if side is None:
            rows = [[stamp_cell(path)]]
        else:
            import pyrender
            renderer = pyrender.OffscreenRenderer(side * 2, side * 2)
            try:
                rows = model_cells(path, recipe['poses'], recipe['lights'], renderer, side)
            finally:
                renderer.delete()
        write(target, rows)
        return identifier, None
    except Exception as error:     # one broken model must not end the run
        return identifier, repr(error)[:200]


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cache')
    parser.add_argument('--processes', type=int, default=os.cpu_count())
    parser.add_argument('--side', type=int, default=256)
    parser.add_argument('--only', default='')
    options = parser.parse_args()
    recipe = json.load(open(RECIPE))
    for part in ('stamps', 'models'):
        if not os.path.isdir(recipe[part]['folder']):
            sys.exit(f"{recipe[part]['folder']} is missing: apt-get install {recipe[part]['package']}")
    folder = os.path.join(options.cache, 'objects')
    settings = hashlib.sha256(json.dumps([recipe['poses'], recipe['lights'], options.side, STAMP_SIDE]).encode()).hexdigest()[:16]
    mark = os.path.join(options.cache, 'settings')
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(mark) and open(mark).read() != settings:
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
    open(mark, 'w').write(settings)
    models = catalogue(recipe, os.path.join(tempfile.gettempdir(), f'bas-furniture-{os.getuid()}'))
    # What is held out first: whoever stops early has what evaluation needs.
    chosen = [('models', o) for o in recipe['models']['objects']] + [('stamps', o) for o in recipe['stamps']['objects']]
    chosen = sorted((c for c in chosen if re.search(options.only, c[1]['id'])), key=lambda c: not c[1].get('held'))
    jobs, entries = [], {}
    for part, thing in chosen:
        name, is_model = file_name(thing['id']), part == 'models'
        path = models[thing['id']]['path'] if is_model else os.path.join(recipe['stamps']['folder'], thing['id'])
        jobs.append((thing['id'], path, os.path.join(folder, name), recipe, options.side if is_model else None))
        pack = recipe['models']['packs'][thing['id'].rsplit('_', 1)[0]] if is_model else recipe['stamps']
        creator = models[thing['id']]['creator'] if is_model else ''
        entries[thing['id']] = dict(
            id=thing['id'], file=name, name=thing['name'], **{'class': thing['class']}, held=bool(thing.get('held')), cartoon=bool(thing.get('cartoon')),
            kind='model' if is_model else 'cut-out',
            poses=recipe['poses'] if is_model else [], lights=[light['name'] for light in recipe['lights']] if is_model else [],
            license=pack['license'], attribution=f"{creator}; {pack['attribution']}" if creator and creator.split()[0] not in pack['attribution'] else pack['attribution'])
    failed, done = {}, 0
    # OSMesa gives no memory of a model back, 200 MB each: a process draws a few and is replaced, and none may grow without end.
    with multiprocessing.get_context('spawn').Pool(options.processes, limit_memory, maxtasksperchild=4) as pool:
        for identifier, error in pool.imap_unordered(draw, jobs):
            done += 1
            if error:
                failed[identifier] = error
                print(f'{identifier}: {error}', file=sys.stderr)
            if done % 25 == 0 or done == len(jobs):
                print(f'{done} of {len(jobs)} things', flush=True)
    kept = [entry for key, entry in entries.items() if key not in failed]
    temporary = os.path.join(options.cache, 'index.json.new')
    with open(temporary, 'w') as out:
        out.write('{"version": 1, "objects": [\n' + ',\n'.join(json.dumps(entry, ensure_ascii=False) for entry in kept) + '\n]}\n')
    os.replace(temporary, os.path.join(options.cache, 'index.json'))
    print(f'{len(kept)} things in {options.cache}' + (f'; {len(failed)} could not be drawn' if failed else ''))
    sys.exit(1 if len(failed) > len(jobs) // 50 else 0)


if __name__ == '__main__':
    main()
