import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { MeshwrightError } from '@meshwright/model';
import { skeletonOf } from './skeleton.ts';
import { root } from './subjects.ts';

const registryFile = 'workers/cluster-agent/src/registry.ts';
const agentPackage = 'workers/cluster-agent/package.json';

/**
 * Writes the package of a mesh and registers it. Gives the paths of what was written, below the root of the checkout.
 * @throws MeshwrightError INVALID_INPUT for a name that is none, or that has a package.
 */
export async function generateMeshPlugin(name: string): Promise<string[]> {
  if (!/^[a-z][a-z0-9]*$/.test(name) || name.length > 30) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `"${name}" is no name of a mesh: small letters and digits alone.`,
    );
  }
  const folder = join(root, 'plugins', `mesh-${name}`);
  if (await isThere(folder)) {
    throw new MeshwrightError('INVALID_INPUT', `${relative(root, folder)} is there already.`);
  }
  const written: string[] = [];
  for (const [path, content] of Object.entries(skeletonOf(name))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    written.push(relative(root, join(folder, path)));
  }
  await change(registryFile, (text) => registered(text, name));
  await change(agentPackage, (text) => depending(text, name));
  return [...written, registryFile, agentPackage];
}

/** The registry with one more mesh, in order. Pure. */
export function registered(text: string, name: string): string {
  const variable = variableOf(name);
  const list = /createRegistry\(\[(?<members>[^\]]*)\]\)/.exec(text);
  const members = (list?.groups?.members ?? '').split(',').map((member) => member.trim());
  const all = [...members.filter((member) => member !== ''), variable].sort().join(', ');
  const line = `import { ${variable} } from '@meshwright/mesh-${name}';\n`;
  const imports = [...text.matchAll(/^import .*@meshwright\/mesh-.*\n/gm)].map(([each]) => each);
  const sorted = [...imports, line].sort().join('');
  return text.replace(imports.join(''), sorted).replace(list?.[0] ?? '', `createRegistry([${all}])`);
}

/** The agent's package with one more dependency, in order. Pure. */
export function depending(text: string, name: string): string {
  const parsed = JSON.parse(text) as { dependencies: Record<string, string> };
  const wanted = { ...parsed.dependencies, [`@meshwright/mesh-${name}`]: '0.1.0' };
  const dependencies = Object.fromEntries(Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...parsed, dependencies }, undefined, 2)}\n`;
}

/** What the plugin of a mesh is called in code. */
export function variableOf(name: string): string {
  return `mesh${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

async function change(path: string, edit: (text: string) => string): Promise<void> {
  await writeFile(join(root, path), edit(await readFile(join(root, path), 'utf8')));
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
