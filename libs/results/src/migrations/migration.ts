/** The statements that take a database one version further; both kinds of database understand them. */
export type Migration = (keyType: string) => readonly string[];
