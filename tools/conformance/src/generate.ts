import { Command } from '@commander-js/extra-typings';
import { formatError, isMeshwrightError } from '@meshwright/model';
import { readReports } from './mesh/report.ts';
import { writeTable } from './mesh/table.ts';
import { generateMeshPlugin } from './mesh/new-plugin.ts';

const program = new Command('npm run generate --').description('Writes what is not written by hand.');

program
  .command('capabilities')
  .description("the README's table of what each mesh was seen to do, from the reports")
  .action(async () => writeTable(await readReports()));

program
  .command('mesh-plugin')
  .argument('<name>', 'the value of spec.mesh.type, in lower case')
  .description('a package for a mesh, which compiles and is registered, and has the whole suite before it')
  .action(async (name) => {
    for (const path of await generateMeshPlugin(name)) console.log(path);
    console.log('Now: npm install, and npm run conformance -- --only ' + name);
  });

await program.parseAsync().catch((error: unknown) => {
  if (!isMeshwrightError(error)) throw error;
  console.error(formatError(error));
  process.exitCode = 2;
});
