/** The arm that is a process of its own: `<kubeconfig> <directory> <pattern>`; prints what it did and how long that took. */
import { applyDirectoryAnew } from './apply-directory.ts';

const loaded = performance.now();
const [kubeconfig, directory, pattern] = process.argv.slice(2);
if (kubeconfig !== undefined && directory !== undefined && pattern !== undefined) {
  const { created, unchanged } = await applyDirectoryAnew(kubeconfig, { directory, pattern });
  console.log(JSON.stringify({ created, unchanged, applyMs: performance.now() - loaded }));
}
