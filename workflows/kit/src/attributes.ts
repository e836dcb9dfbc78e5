import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { SearchAttribute } from '@meshwright/model';
import { upsertSearchAttributes } from '@temporalio/workflow';

/** The search attributes of a run by their short names. */
export type Attributes = { [name in keyof typeof SearchAttribute]?: string };

/** Makes a run findable by these attributes, beside those it already has. */
export function setAttributes(attributes: Attributes): void {
  upsertSearchAttributes(attributePairs(attributes));
}

/** The attributes as starting a workflow takes them. */
export function attributePairs(attributes: Attributes): SearchAttributePair[] {
  const names = Object.keys(attributes) as (keyof Attributes)[];
  return names.flatMap((name) => {
    const value = attributes[name];
    return value === undefined
      ? []
      : [{ key: defineSearchAttributeKey(SearchAttribute[name], 'KEYWORD'), value }];
  });
}
