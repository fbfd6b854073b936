/** What the page asks operations for, and what it reads of their lines. A test holds it to the protocol of `app/control/`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };

export type Check = { readonly name: string; readonly status: 'ok' | 'degraded' | 'failed'; readonly reason?: string };
export type ProcessLine = {
  readonly process: string;
  readonly asked: boolean;
  readonly roles: readonly string[];
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly memoryBytes: number;
  readonly checks: readonly Check[];
};
export type GatewayLine = {
  readonly id: string;
  readonly url: string;
  readonly region: string;
  readonly connections: number;
  readonly capacity: number;
  readonly draining: boolean;
};
export type ProjectionLine = {
  readonly name: string;
  readonly kind: string;
  readonly version: number | null;
  readonly build: number;
  readonly log: string;
  readonly shard: number;
  readonly active: boolean;
  readonly state: string;
  readonly lagEvents: number;
  readonly lagSeconds: number | null;
  readonly deadLetters: number;
  readonly error: string | null;
};
export type RebuildLine =
  | { readonly is: 'progress'; readonly runner: string; readonly state: string; readonly lagEvents: number; readonly logEvents: number }
  | { readonly is: 'result'; readonly outcome: 'activated' | 'cancelled' | 'interrupted' };
export type DeadLetterLine = {
  readonly projection: string;
  readonly runner: string;
  readonly stream: string;
  readonly revision: number;
  readonly waiting: number;
  readonly at: string;
  readonly error: string;
};
export type ResolvedLine = {
  readonly stream: string;
  readonly revision: number;
  readonly outcome: 'resolved' | 'failed-again' | 'requested';
  readonly error: string | null;
};
export type QueueLine = {
  readonly queue: string;
  readonly channel: string | null;
  readonly vendor: string | null;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly oldestAgeMs: number;
  readonly perSecond: number | null;
  readonly drainSeconds: number | null;
};
export type SenderLine = {
  readonly vendor: string;
  readonly channel: string;
  readonly platforms: readonly string[] | null;
  readonly pluggedIn: boolean;
  readonly breaker: 'open' | 'closed';
};
export type SenderCheckLine = {
  readonly vendor: string;
  readonly channel: string;
  readonly outcome: 'accepted' | 'refused' | 'not-checked';
  readonly reason: string | null;
};
export type RoutingRule = {
  readonly channel: string;
  readonly platforms?: readonly string[];
  readonly countries?: readonly string[];
  readonly vendors: readonly { readonly vendor: string; readonly weight?: number }[];
};
export type RoutingLine = { readonly rules: readonly RoutingRule[]; readonly pluggedOut: readonly string[] };
export type DeliveryStep = { readonly what: string; readonly at: string; readonly [fact: string]: unknown };
export type DeliveryLine = {
  readonly delivery: string;
  readonly notification: string;
  readonly recipient: string;
  readonly channel: string;
  readonly app: string | null;
  readonly category: string;
  readonly planned: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly vendor: string | null;
  readonly vendorId: string | null;
  readonly plannedAt: string;
  readonly history: readonly DeliveryStep[];
};
export type ExplanationLine = {
  readonly message: number | null;
  readonly checks: readonly { readonly check: string; readonly reason: string | null }[];
  readonly reason: string | null;
  readonly deferredUntil: string | null;
};
export type FunnelLine = {
  readonly day?: string;
  readonly source?: string;
  readonly category?: string;
  readonly template?: string | null;
  readonly channel?: string | null;
  readonly requested: number;
  readonly planned: number;
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  readonly suppressed: number;
  readonly failed: number;
  readonly undelivered: number;
  readonly expired: number;
  readonly cancelled: number;
  readonly inProgress: number;
  readonly reasons: readonly { readonly end: string; readonly reason: string; readonly deliveries: number }[];
};
export type AppLine = {
  readonly app: string;
  readonly name: string;
  readonly registeredAt: string;
  readonly secretRotatedAt: string | null;
  readonly disabled: boolean;
};
export type ShownAppLine = AppLine & {
  readonly sandbox: boolean;
  readonly keys: readonly { readonly key: string; readonly name: string; readonly scopes: readonly string[] }[];
  readonly quota: { readonly [limit: string]: number } | null;
  readonly categories: readonly { readonly category: string }[];
};
export type TemplateLine = {
  readonly template: string;
  readonly name: string | null;
  readonly newest: number;
  readonly defaultLocale: string;
  readonly locales: readonly string[];
  readonly changedAt: string;
};
export type PreviewLine = {
  readonly version: number;
  readonly locale: string;
  readonly channel: string;
  readonly content: { readonly title?: string; readonly body: string; readonly url?: string; readonly html?: string };
};
export type WebhookMessageLine = {
  readonly message: string;
  readonly app: string;
  readonly event: string;
  readonly status: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly occurredAt: string;
};
export type CampaignLine = {
  readonly notification: string;
  readonly app: string | null;
  readonly list: string | null;
  readonly status: 'planning' | 'paused' | 'finished';
  readonly cancelled: boolean;
  readonly total: number | null;
  readonly planned: number;
  readonly requestedAt: string | null;
};
export type ScheduleLine = {
  readonly schedule: string;
  readonly app: string;
  readonly status: string;
  readonly category: string;
  readonly next: { readonly at: string } | null;
  readonly requested: number;
};
type CaseFacts = {
  readonly about: string;
  readonly status: 'open' | 'closed';
  readonly since: string;
  readonly place: string;
  readonly reports: number;
  readonly violation: string | null;
  readonly appealedAt: string | null;
  readonly outcome: string | null;
  readonly by: string | null;
};
export type CaseLine = CaseFacts & { readonly case: string };
export type ShownCaseLine = {
  readonly case: string;
  readonly known: (CaseFacts & { readonly appeal: string | null }) | null;
  readonly content: { readonly by: string; readonly name: string | null; readonly text: string | null; readonly at: string | null } | null;
};
export type ReportLine = { readonly by: string; readonly violation: string; readonly text: string | null; readonly at: string; readonly place: string };
export type StandingLine = {
  readonly person: string;
  readonly violation: string | null;
  readonly until: string | null;
  readonly by: string;
  readonly at: string;
  readonly place: string;
};
export type OperatorLine = {
  readonly operator: string;
  readonly name: string | null;
  readonly role: string;
  readonly addedAt: string;
  readonly tokenFrom: string;
};
export type AuditLine = {
  readonly at: string;
  readonly operator: string;
  readonly name: string | null;
  readonly role: string;
  readonly action: string;
  readonly of: { readonly [field: string]: string | number };
  readonly reason: string | null;
  readonly failed: string | null;
  readonly correlationId: string;
};

export type Lines = {
  readonly 'list-processes': ProcessLine;
  readonly 'list-gateways': GatewayLine;
  readonly 'list-projections': ProjectionLine;
  readonly 'rebuild-projection': RebuildLine;
  readonly 'list-dead-letters': DeadLetterLine;
  readonly 'resolve-dead-letters': ResolvedLine;
  readonly 'list-queues': QueueLine;
  readonly 'list-senders': SenderLine;
  readonly 'check-senders': SenderCheckLine;
  readonly 'show-routing': RoutingLine;
  readonly 'set-routing': RoutingLine;
  readonly 'plug-vendor': RoutingLine;
  readonly 'list-deliveries': DeliveryLine;
  readonly 'explain-push': ExplanationLine;
  readonly 'show-funnel': FunnelLine;
  readonly 'list-apps': AppLine;
  readonly 'show-app': ShownAppLine;
  readonly 'list-templates': TemplateLine;
  readonly 'preview-template': PreviewLine;
  readonly 'list-webhook-messages': WebhookMessageLine;
  readonly 'replay-webhook-messages': { readonly outcome: 'queued' | 'unchanged' };
  readonly 'list-campaigns': CampaignLine;
  readonly 'steer-campaign': { readonly outcome: 'appended' | 'unchanged' };
  readonly 'list-schedules': ScheduleLine;
  readonly 'steer-schedule': { readonly outcome: 'appended' | 'unchanged' };
  readonly 'list-cases': CaseLine;
  readonly 'show-case': ShownCaseLine;
  readonly 'list-reports': ReportLine;
  readonly 'list-suspended': StandingLine;
  readonly 'show-picture': { readonly type: string; readonly bytes: string };
  readonly 'hide-post': Decided;
  readonly 'restore-post': Decided;
  readonly 'suspend-person': Decided;
  readonly 'clear-profile': Decided;
  readonly 'lift-suspension': Decided;
  readonly 'dismiss-case': Decided;
  readonly 'list-operators': OperatorLine;
  readonly 'add-operator': IssuedLine;
  readonly 'set-operator-role': OperatorLine;
  readonly 'rotate-operator-token': IssuedLine;
  readonly 'remove-operator': { readonly operator: string };
  readonly 'list-audit': AuditLine;
};
type Decided = { readonly outcome: 'appended' | 'unchanged' };
export type IssuedLine = { readonly operator: string; readonly name: string | null; readonly role: string; readonly token: string | null };

export type OperationName = keyof Lines;
