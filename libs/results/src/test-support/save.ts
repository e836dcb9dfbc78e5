import { text } from 'node:stream/consumers';
import type { BaselineRecord } from '@meshwright/model';
import { openResults, type ResultsOptions } from '../open.ts';

/** A process that saves what is piped to it, to be killed in the middle. */
const { options, record } = JSON.parse(await text(process.stdin)) as {
  options: ResultsOptions;
  record: BaselineRecord;
};
const store = await openResults(options);
await store.save(record);
await store.close();
