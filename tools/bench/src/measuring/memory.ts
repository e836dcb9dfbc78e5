import { readFile } from 'node:fs/promises';
import { MeshwrightError } from '@meshwright/model';

/** A process's resident memory in MiB, now and at its highest (proc_pid_status(5)). */
export async function readMemory(pid: number): Promise<{ resident: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => {
    throw new MeshwrightError(
      'UNSUPPORTED',
      'The memory of a process is read from /proc, which only Linux has.',
    );
  });
  return { resident: kibibytes(status, 'VmRSS') / 1024, peak: kibibytes(status, 'VmHWM') / 1024 };
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
}
