/**
 * Everything that an operator can do, with the role that it needs: the operations of the command line (`app/control/protocol.ts`), and
 * the routes that admit operators, by their operation id. There is no other table: a route without a row here is not served, and an
 * operation without one doesn't compile.
 */
import type { Refusal } from '../shared/decider.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { hasRole, type ActingOperator, type OperatorRole } from './roles.ts';

/**
 * - `looks`: at the installation, and at nobody's data. Only the security log knows of it.
 * - `looks-up`: what concerns one person or app, without its content.
 * - `changes`: what can be changed back.
 * - `reveals`: personal data. `restricts`: what somebody may do or show. `destroys`: what nobody can bring back. All need a reason.
 */
type ActionKind = 'looks' | 'looks-up' | 'changes' | 'reveals' | 'restricts' | 'destroys';
/** `recorded: 'if-possible'`: it goes on where the log can't take its event, for it may be what mends the log. */
type ActionRule = { readonly role: OperatorRole; readonly kind: ActionKind; readonly recorded?: 'if-possible' };

export const OPERATOR_ACTIONS = {
  // Processes.
  'list-processes': { role: 'viewer', kind: 'looks' },
  'list-gateways': { role: 'viewer', kind: 'looks' },

  // The log and its projections.
  'log-head': { role: 'viewer', kind: 'looks' },
  // Without personal data it still tells who did something with whom.
  'read-log': { role: 'support', kind: 'looks' },
  'reveal-log': { role: 'admin', kind: 'reveals' },
  'trace-events': { role: 'support', kind: 'looks' },
  'list-logs': { role: 'viewer', kind: 'looks' },
  'export-log': { role: 'support', kind: 'looks' },
  'export-view': { role: 'support', kind: 'looks' },
  'show-state': { role: 'support', kind: 'looks' },
  'reveal-state': { role: 'admin', kind: 'reveals' },
  'show-view': { role: 'support', kind: 'looks' },
  'reveal-view': { role: 'admin', kind: 'reveals' },
  'diff-builds': { role: 'support', kind: 'looks' },
  'list-projections': { role: 'viewer', kind: 'looks' },
  'rebuild-projection': { role: 'admin', kind: 'changes' },
  'list-dead-letters': { role: 'viewer', kind: 'looks' },
  'resolve-dead-letters': { role: 'admin', kind: 'changes' },
  'skip-dead-letters': { role: 'admin', kind: 'destroys' },
  // By whoever may read the files anyway: the owner of the data folder.
  'back-up': { role: 'admin', kind: 'changes' },
  'list-erased': { role: 'admin', kind: 'looks' },
  migrate: { role: 'admin', kind: 'changes' },
  'destroy-moved-folder': { role: 'admin', kind: 'destroys' },
  'restore-backup': { role: 'admin', kind: 'destroys' },
  'replay-log': { role: 'admin', kind: 'reveals' },
  // In a replay: what the person could have read.
  'read-as-person': { role: 'admin', kind: 'reveals' },
  'count-old': { role: 'viewer', kind: 'looks' },
  'forget-old': { role: 'admin', kind: 'destroys' },
  'scavenge-store': { role: 'admin', kind: 'changes', recorded: 'if-possible' },
  'verify-store': { role: 'admin', kind: 'looks' },
  'set-aside-event': { role: 'admin', kind: 'destroys', recorded: 'if-possible' },

  // Deliveries. The outbox shows one-time codes as well.
  'list-outbox': { role: 'admin', kind: 'reveals' },
  'behave-outbox': { role: 'admin', kind: 'changes' },
  'list-deliveries': { role: 'support', kind: 'looks-up' },
  findDeliveries: { role: 'support', kind: 'looks-up' },
  'list-queues': { role: 'viewer', kind: 'looks' },
  'show-funnel': { role: 'viewer', kind: 'looks' },
  getFunnel: { role: 'viewer', kind: 'looks' },
  'list-lists': { role: 'viewer', kind: 'looks' },
  'change-list': { role: 'support', kind: 'changes' },
  'list-campaigns': { role: 'viewer', kind: 'looks' },
  'steer-campaign': { role: 'support', kind: 'changes' },
  'list-schedules': { role: 'viewer', kind: 'looks' },
  'list-occurrences': { role: 'viewer', kind: 'looks' },
  'preview-schedule': { role: 'viewer', kind: 'looks' },
  'steer-schedule': { role: 'support', kind: 'changes' },
  'explain-push': { role: 'support', kind: 'looks-up' },

  // Vendors.
  'list-senders': { role: 'viewer', kind: 'looks' },
  'check-senders': { role: 'support', kind: 'looks' },
  'show-routing': { role: 'viewer', kind: 'looks' },
  'set-routing': { role: 'admin', kind: 'changes' },
  'plug-vendor': { role: 'admin', kind: 'changes' },
  getRouting: { role: 'viewer', kind: 'looks' },
  setRoutingRules: { role: 'admin', kind: 'changes' },
  plugVendorOut: { role: 'admin', kind: 'changes' },
  plugVendorIn: { role: 'admin', kind: 'changes' },

  // Apps.
  'list-apps': { role: 'viewer', kind: 'looks' },
  'show-app': { role: 'viewer', kind: 'looks' },
  'list-templates': { role: 'viewer', kind: 'looks' },
  'show-template': { role: 'viewer', kind: 'looks' },
  'preview-template': { role: 'viewer', kind: 'looks' },
  registerApp: { role: 'admin', kind: 'changes' },
  rotateSecret: { role: 'admin', kind: 'changes' },
  setSenderIdentity: { role: 'admin', kind: 'changes' },
  addAppKey: { role: 'admin', kind: 'changes' },
  removeAppKey: { role: 'admin', kind: 'changes' },
  setAppQuota: { role: 'admin', kind: 'changes' },
  getAppAccess: { role: 'viewer', kind: 'looks' },
  disableApp: { role: 'admin', kind: 'destroys' },
  setWebhook: { role: 'admin', kind: 'changes' },
  rotateWebhookSecret: { role: 'admin', kind: 'changes' },
  removeWebhook: { role: 'admin', kind: 'destroys' },
  getWebhookMessages: { role: 'viewer', kind: 'looks' },
  replayWebhookMessage: { role: 'support', kind: 'changes' },
  'list-webhook-messages': { role: 'viewer', kind: 'looks' },
  'replay-webhook-messages': { role: 'support', kind: 'changes' },

  // People.
  unblockContact: { role: 'support', kind: 'changes' },
  endSessionsOf: { role: 'support', kind: 'changes' },
  removeSecondFactorsOf: { role: 'moderator', kind: 'destroys' },
  erasePersonOf: { role: 'admin', kind: 'destroys' },

  // Imports.
  'find-login': { role: 'support', kind: 'looks-up' },
  'import-people': { role: 'admin', kind: 'changes' },
  'import-posts': { role: 'admin', kind: 'changes' },
  'import-media': { role: 'admin', kind: 'changes' },
  'import-follows': { role: 'admin', kind: 'changes' },
  'import-channel': { role: 'admin', kind: 'changes' },
  'import-members': { role: 'admin', kind: 'changes' },
  'import-messages': { role: 'admin', kind: 'changes' },
  'import-channel-end': { role: 'admin', kind: 'changes' },

  // Moderation.
  'list-cases': { role: 'moderator', kind: 'looks' },
  'show-case': { role: 'moderator', kind: 'reveals' },
  'list-reports': { role: 'moderator', kind: 'reveals' },
  'list-suspended': { role: 'moderator', kind: 'looks' },
  'hide-post': { role: 'moderator', kind: 'restricts' },
  'restore-post': { role: 'moderator', kind: 'changes' },
  'suspend-person': { role: 'moderator', kind: 'restricts' },
  'show-picture': { role: 'moderator', kind: 'reveals' },
  'clear-profile': { role: 'moderator', kind: 'restricts' },
  'lift-suspension': { role: 'moderator', kind: 'changes' },
  'dismiss-case': { role: 'moderator', kind: 'changes' },

  // Operators.
  'list-operators': { role: 'admin', kind: 'looks' },
  'add-operator': { role: 'admin', kind: 'changes' },
  'set-operator-role': { role: 'admin', kind: 'changes' },
  'rotate-operator-token': { role: 'admin', kind: 'changes' },
  'remove-operator': { role: 'admin', kind: 'destroys' },
  'list-audit': { role: 'admin', kind: 'looks' },
} as const satisfies Readonly<Record<string, ActionRule>>;

/** What is neither an operation nor a route. It is written to the audit of the log in the folder that is restored or replayed. */
export const OFFLINE_ACTIONS: readonly OperatorAction[] = ['restore-backup', 'destroy-moved-folder', 'replay-log', 'read-as-person'];

export type OperatorAction = keyof typeof OPERATOR_ACTIONS;

export const isOperatorAction = (name: string): name is OperatorAction => Object.hasOwn(OPERATOR_ACTIONS, name);

export const REASON_CHARACTERS_MAX = 1_000;

const ruleOf = (action: OperatorAction): ActionRule => OPERATOR_ACTIONS[action];

export const needsReason = (action: OperatorAction): boolean => ['reveals', 'restricts', 'destroys'].includes(ruleOf(action).kind);

/** Undefined: the operator may do it, for this reason. */
export function refusalOfAction(action: OperatorAction, { role }: Pick<ActingOperator, 'role'>, reason: string | undefined): Refusal | undefined {
  const { role: needed } = ruleOf(action);
  if (!hasRole(role, needed)) return { code: 'role-too-low', facts: { role, needed } };
  if (reason === undefined) return needsReason(action) ? { code: 'reason-missing' } : undefined;
  const fault = refusalOfText(reason, { maxCharacters: REASON_CHARACTERS_MAX, blank: 'reason-missing', tooLong: 'reason-too-long', lines: 'one' });
  return fault?.outcome === 'refused' ? fault.refusal : undefined;
}

/** `before`: nothing happens that is not in the log first. `if-possible`: it happens all the same where the log can't be written. */
export function recordingOf(action: OperatorAction): 'before' | 'if-possible' | 'never' {
  const { kind, recorded = 'before' } = ruleOf(action);
  return kind === 'looks' ? 'never' : recorded;
}

/** `of`: the ids of what it is done to. Nothing in it says anything about a person. */
export type TakenAction = {
  readonly action: OperatorAction;
  readonly by: ActingOperator;
  readonly reason?: string | undefined;
  readonly of?: Readonly<Record<string, string | number>>;
  /** Of the events that it leads to; they and its own have it in their metadata. */
  readonly correlationId?: string;
};

/** Fields of requests that are ids or names of ours. What operators type freely, such as a name, stands in no audit. */
const IDS: readonly string[] = [
  'log stream position projection collection id person case channel app source vendor vendorId plug operator role',
  'notification delivery template category schedule list campaign message',
].flatMap((names) => names.split(' '));

const IN_HEXADECIMAL = /^[0-9a-f:.-]+$/i;

export function idsIn(request: object): NonNullable<TakenAction['of']> {
  const fields = request as Readonly<Record<string, unknown>>;
  const found = IDS.flatMap((field) => {
    const value = fields[field];
    if (field === 'id' && !IN_HEXADECIMAL.test(String(value))) return []; // of a document, some of which are words of people
    return typeof value === 'string' || typeof value === 'number' ? [[field, value] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Resolves once the action is in the log. Whoever then can't do it says so, with a code. Throws `LogUnavailable`. */
export type RecordAction = (taken: TakenAction) => Promise<{ failed(code: string): Promise<void> }>;
