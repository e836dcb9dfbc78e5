import type {
  ApprovalRules,
  Delivery,
  GatewayActivities,
  Origin,
  Person,
  PullRequestState,
  TellInput,
  TellResult,
  WindowState,
} from '@meshwright/model';
import { digestOf } from './samples.ts';

/** A gateway: nobody is known, every time is fine and every channel is told, unless a test says otherwise. */
export class FakeGateway {
  rules: ApprovalRules | undefined;
  origin: Origin = { accounts: [], decisions: [] };
  window: WindowState | Promise<WindowState> = {};
  /** How often it was asked whether changes may begin. */
  windowsAsked = 0;
  pullRequest: PullRequestState | undefined;
  readonly tells: TellInput[] = [];
  readonly deliveries: Delivery[] = [];
  /** How a channel answers; by default it has been told everything once the run is over. */
  answer: (input: TellInput) => Promise<TellResult> = ({ told }) =>
    Promise.resolve({ message: { id: 'm-1' }, told: [...told], final: true, moving: false });

  reset(): void {
    const fresh = new FakeGateway();
    this.rules = undefined;
    this.origin = fresh.origin;
    this.window = {};
    this.windowsAsked = 0;
    this.pullRequest = undefined;
    this.tells.length = 0;
    this.deliveries.length = 0;
    this.answer = fresh.answer;
  }

  readonly activities: GatewayActivities = {
    readRules: () => Promise.resolve(this.rules === undefined ? {} : { rules: this.rules }),
    checkWindows: () => {
      this.windowsAsked += 1;
      return Promise.resolve(this.window);
    },
    findOrigin: () => Promise.resolve(this.origin),
    readPullRequest: ({ number }) =>
      this.pullRequest === undefined
        ? Promise.reject(new Error(`No pull request ${number}.`))
        : Promise.resolve(this.pullRequest),
    tell: (input) => {
      this.tells.push(input);
      return this.answer(input);
    },
    takeDelivery: (delivery) => {
      this.deliveries.push(delivery);
      return Promise.resolve({ answer: 'done' });
    },
  };
}

/** Rules by which bob and cleo are owners, with accounts of the same id, and dave may break the glass. */
export function sampleRules(more: Partial<ApprovalRules> = {}): ApprovalRules {
  const people: Person[] = ['ann', 'bob', 'cleo', 'dave'].map((name) => ({
    name,
    emails: [`${name}@example.com`],
    accounts: [
      { service: 'chat', id: name },
      { service: 'forge', id: name },
    ],
  }));
  return {
    policy: digestOf('policy'),
    people,
    groups: { owners: ['bob', 'cleo'] },
    breakGlass: ['dave'],
    changes: { approvers: ['group:owners'], quorum: 1, requiredGroups: [], expiresAfterSeconds: 3_600 },
    timed: true,
    ...more,
  };
}
