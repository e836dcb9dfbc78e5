export { dnsLabel, duration, formatDuration, labels, parseDuration, parseHostPort } from './fields.ts';
export { handwrittenLimits, manifestLimits, type DocumentLimits } from './limits.ts';
export type { DocumentPath, Part } from './locate.ts';
export { readYaml, type ReadOptions, type YamlDocument, type YamlFile } from './read.ts';
export { toJsonSchema, toMarkdown, type Reference } from './reference.ts';
export { editDistance, nearestName, suggestName } from './suggest.ts';
export { formatBytes, type Place } from './text.ts';
export { diagnose, label, validate, type Problem, type Validated, type ValidateOptions } from './validate.ts';
export { writeYaml } from './write.ts';
