import { MeshwrightError } from '@meshwright/model';
import { nameParts, type RestApi } from '@meshwright/plugin-sdk';
import { teamShape, userShape, type GiteaUser } from './shapes.ts';

/** The members of a team that is written `organization/team`. */
export async function membersOf(api: RestApi, team: string): Promise<GiteaUser[]> {
  const id = await findTeam(api, team);
  const members: GiteaUser[] = [];
  for await (const page of api.pages(`/teams/${id}/members`, userShape)) members.push(...page);
  return members;
}

async function findTeam(api: RestApi, team: string): Promise<number> {
  const form = { what: 'team of Gitea', example: 'acme/mesh-owners' };
  const [organization = '', name = ''] = nameParts(team, form);
  const path = `/orgs/${organization}/teams`;
  for await (const page of api.pages(path, teamShape)) {
    // Gitea takes the names of teams without regard to case.
    const found = page.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found.id;
  }
  throw new MeshwrightError('SERVICE_REFUSED', `Gitea knows no team "${team}"`, {
    remedy: `Check the name. The account of the token has to be a member of the team, or an owner of ${organization}.`,
  });
}
