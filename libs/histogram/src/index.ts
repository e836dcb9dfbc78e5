export { decodeHdr, encodeHdr } from './hdr.ts';
export { createRecorder, type Recorder } from './recorder.ts';
export { trialRecordOf } from './trial-record.ts';
