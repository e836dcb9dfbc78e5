/** Somebody with an account of a forge. */
export interface ForgeUser {
  id: number;
  name: string;
}

export interface ForgeChange {
  number: number;
  title: string;
  state: 'open' | 'merged' | 'closed';
  author: ForgeUser;
  mergedBy?: ForgeUser;
  branch: string;
  base: string;
  head: string;
  /** The commit that its merge has made. */
  mergeCommit?: string;
}

export interface ForgeComment {
  id: number;
  /** Of the change it is on. */
  number: number;
  author: ForgeUser;
  body: string;
}

export interface ShownStatus {
  commit: string;
  state: 'pending' | 'success' | 'failure' | 'error';
  context: string;
  description: string;
  url?: string;
}

/** What a forge on this machine keeps: the same for each, whatever its wire format. */
export interface ForgeWorld {
  project: string;
  branch: string;
  /** Whom the credential belongs to. */
  me: ForgeUser;
  changes: ForgeChange[];
  comments: ForgeComment[];
  statuses: ShownStatus[];
  /** By the name that a policy has for them. */
  teams: Record<string, ForgeUser[]>;
  pushes: { branch: string; after: string; user: ForgeUser }[];
}

export const ada: ForgeUser = { id: 101, name: 'ada' };
export const grace: ForgeUser = { id: 102, name: 'grace' };
export const mallory: ForgeUser = { id: 666, name: 'mallory' };

/** The id of the commit with this number. */
export function commitOf(number: number): string {
  return number.toString(16).padStart(40, 'c');
}

/** A forge with more of everything than a page holds. */
export function createWorld(team: string): ForgeWorld {
  const me = { id: 9001, name: 'meshwright' };
  const open = Array.from({ length: 230 }, (_, place) => changeOf(place + 1, 'open'));
  return {
    project: 'acme/patterns',
    branch: 'main',
    me,
    changes: [
      ...open,
      { ...changeOf(301, 'open'), base: 'release' },
      { ...changeOf(302, 'merged'), mergedBy: grace, mergeCommit: commitOf(9_302) },
      changeOf(303, 'closed'),
    ],
    comments: Array.from({ length: 230 }, (_, place) => ({
      id: 5_000 + place,
      number: 1,
      author: ada,
      body: `a comment ${place}`,
    })),
    statuses: [],
    teams: {
      [team]: Array.from({ length: 230 }, (_, place) => ({ id: 200 + place, name: `member-${place}` })),
    },
    pushes: [
      { branch: 'main', after: commitOf(9_302), user: grace },
      { branch: 'main', after: commitOf(9_400), user: ada },
    ],
  };
}

function changeOf(number: number, state: ForgeChange['state']): ForgeChange {
  return {
    number,
    title: `Change ${number} <!-- & "quoted"`,
    state,
    author: ada,
    branch: `topic-${number}`,
    base: 'main',
    head: commitOf(number),
  };
}
