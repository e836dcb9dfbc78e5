/** Something that the other format cannot express, or expresses differently. */
export interface Note {
  /** Where it stands in what was given: `spec.load.warmUp`, `clients[0].internal`. */
  path: string;
  message: string;
}
