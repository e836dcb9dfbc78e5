import { writeYaml, type YamlDocument } from '@meshwright/document';
import { z } from 'zod';
import {
  choice,
  type FieldsOf,
  flag,
  list,
  schemaOf,
  text,
  textMap,
  texts,
  whole,
  writeMessage,
} from './message.ts';
import { readOne, readPart, type Reading } from './read.ts';

/** The release of the specification whose messages these are (service-mesh-performance, protos/). */
export const smpVersion = 'v0.6.1';

/** What a client speaks, and its number in the proto file. */
export const SmpProtocol = {
  PROTOCOL_INVALID: 0,
  PROTOCOL_HTTP: 1,
  PROTOCOL_TCP: 2,
  PROTOCOL_UDP: 3,
  PROTOCOL_GRPC: 4,
} as const;
/** What a client speaks. */
export type SmpProtocol = keyof typeof SmpProtocol;

/** `PerformanceTestConfig.Client`: a load generator and what it sends. */
export interface SmpClient {
  internal: boolean;
  loadGenerator: string;
  protocol: SmpProtocol;
  connections: number;
  /** Requests a second; 0 is as many as it can. */
  rps: number;
  headers: Readonly<Record<string, string>>;
  cookies: Readonly<Record<string, string>>;
  body: string;
  contentType: string;
  endpointUrls: readonly string[];
  sslCertificate: string;
  additionalOptions: string;
}

/** `PerformanceTestConfig`: one test, with one or more clients. */
export interface PerformanceTestConfig {
  smpVersion: string;
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  clients: readonly SmpClient[];
  /** As Go writes durations: `30s`, `1h15m`. */
  duration: string;
}

/** `ServiceMesh`, which Meshery puts beside a test. */
export interface SmpMesh {
  type: SmpMeshType;
  version: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** A file of a test: the test alone, or as Meshery takes it, with the mesh beside it. */
export interface TestConfigFile {
  config: PerformanceTestConfig;
  mesh?: SmpMesh;
}

const meshTypes = {
  INVALID_MESH: 0,
  APP_MESH: 1,
  CONSUL: 2,
  ISTIO: 3,
  KUMA: 4,
  LINKERD: 5,
  TRAEFIK_MESH: 6,
  OCTARINE: 7,
  NETWORK_SERVICE_MESH: 8,
  TANZU: 9,
  OPEN_SERVICE_MESH: 10,
  NGINX_SERVICE_MESH: 11,
  CILIUM_SERVICE_MESH: 12,
} as const;
/** The meshes of the specification. */
export type SmpMeshType = keyof typeof meshTypes;

const clientFields: FieldsOf<SmpClient> = {
  internal: flag(),
  loadGenerator: text(),
  protocol: choice(SmpProtocol, 'PROTOCOL_'),
  connections: whole(32),
  rps: whole(64),
  headers: textMap(),
  cookies: textMap(),
  body: text(),
  contentType: text(),
  endpointUrls: texts(),
  sslCertificate: text(),
  additionalOptions: text(),
};

const configFields: FieldsOf<PerformanceTestConfig> = {
  smpVersion: text(),
  id: text(),
  name: text(),
  labels: textMap(),
  clients: list(clientFields),
  duration: text(),
};

const meshFields: FieldsOf<SmpMesh> = {
  type: choice<SmpMeshType>(meshTypes, ''),
  version: text(),
  labels: textMap(),
  annotations: textMap(),
};

const config = schemaOf(configFields);
const withMesh = z.strictObject({ test: config, mesh: schemaOf(meshFields).nullish() });

/**
 * Reads a test in YAML or JSON: a `PerformanceTestConfig`, or an object with one as `test` and a `mesh`. Names as in the
 * proto file or in lower camel case; unknown fields, and whatever is of another type, are told with their places.
 */
export function readTestConfig(source: string | Uint8Array, file: string): Reading<TestConfigFile> {
  const { value: document, diagnostics } = readOne(source, file);
  if (diagnostics !== undefined) return { diagnostics };
  if (!hasTest(document)) {
    const read = readPart(document, config);
    return read.diagnostics === undefined ? { value: { config: read.value } } : read;
  }
  const read = readPart(document, withMesh);
  if (read.diagnostics !== undefined) return read;
  const { test, mesh } = read.value;
  return { value: { config: test, ...(mesh === undefined || mesh === null ? {} : { mesh }) } };
}

function hasTest({ value }: YamlDocument): boolean {
  return typeof value === 'object' && value !== null && 'test' in value;
}

/** A test as plain data, with the names of the proto file. */
export function testConfigData(given: PerformanceTestConfig): Record<string, unknown> {
  return writeMessage(configFields, given);
}

/** A test as a file: YAML, or JSON. */
export function writeTestConfig(given: PerformanceTestConfig, format: 'yaml' | 'json' = 'yaml'): string {
  const data = testConfigData(given);
  return format === 'yaml' ? writeYaml(data) : `${JSON.stringify(data, null, 2)}\n`;
}
