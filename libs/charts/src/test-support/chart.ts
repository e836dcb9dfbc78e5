import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Helm binary that the tests' global setup names. */
export function testHelm(): string {
  const helm = process.env.MESHWRIGHT_TEST_HELM;
  if (helm === undefined)
    throw new Error('MESHWRIGHT_TEST_HELM names no helm binary: run through "npm test".');
  return helm;
}

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  greeting: {{ .Values.greeting | quote }}
  kubernetes: {{ .Capabilities.KubeVersion.Version | quote }}
  gatewayApi: {{ .Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1" | quote }}
---
{{- if .Values.fail }}
{{ fail (printf "refused with password %s" .Values.password) }}
{{- end }}
`;

const hooks = `apiVersion: v1
kind: Pod
metadata: { name: check, annotations: { helm.sh/hook: test } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: prepare, annotations: { helm.sh/hook: "pre-install,pre-upgrade" } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: clean-up, annotations: { helm.sh/hook: post-delete } }
`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: demos.example.test }
`;

/** Writes a small chart into `<directory>/<name>`; gives its folder. */
export async function writeChart(
  directory: string,
  options: { name?: string; version?: string; greeting?: string } = {},
): Promise<string> {
  const { name = 'demo', version = '1.2.3', greeting = 'hello' } = options;
  const folder = join(directory, name);
  const files: Record<string, string> = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    'values.yaml': `greeting: ${greeting}\nfail: false\npassword: ""\n`,
    'templates/config.yaml': configMap,
    'templates/hooks.yaml': hooks,
    'crds/demo.yaml': definition,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** Packages a chart folder into `directory` with `helm package`. */
export async function packageChart(folder: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await run(testHelm(), ['package', folder, '--destination', directory]);
}

/** Writes the `index.yaml` of a chart repository over its archives. */
export async function indexRepository(directory: string): Promise<void> {
  await run(testHelm(), ['repo', 'index', directory]);
}
