import { mkdir, writeFile } from 'node:fs/promises';
import { allDashboards, dashboardsFolder, textOf } from './dashboards.ts';

await mkdir(dashboardsFolder, { recursive: true });
for (const [name, dashboard] of Object.entries(allDashboards())) {
  await writeFile(new URL(name, dashboardsFolder), textOf(dashboard));
}
