export { approvalsOf, type GateSubject, type GateTerms, openApproval, outcomeOf } from './approval.ts';
export {
  type Gated,
  type GateEnd,
  type GateOptions,
  impossible,
  passGate,
  takeDecision,
} from './gatekeeper.ts';
export { type Askers, malformedPerson, samePerson } from './people.ts';
export { askTimes, readRules } from './rules.ts';
export { asksFirst, confirmationsOf, digestOf, isEmpty, subjectOf } from './subject.ts';
