/** What a request says: where it comes from, its words or its template, and the time on its recipients' clocks. */
import type { CodePurpose } from '../people/one-time-code.ts';
import type { AppId, ChannelId, CodeId, EndpointId, ExportId, PostId, TemplateId } from '../shared/ids.ts';
import type { LocalTime } from '../shared/local-time.ts';

/** Where a notification comes from: an app from outside, or one of our own products. `channel` is a chat channel. */
export type Source =
  | { readonly kind: 'app'; readonly app: AppId }
  | { readonly kind: 'chat'; readonly channel: ChannelId; readonly seq: number }
  /** `mention`: the post mentions the recipient. Where it is absent, a friend has published it. */
  | { readonly kind: 'feed'; readonly post: PostId; readonly as?: 'mention' }
  /** The account itself: a one-time code, which goes to this very endpoint and to no other that the person may have by then. */
  | { readonly kind: 'account'; readonly purpose: CodePurpose; readonly code: CodeId; readonly endpoint: EndpointId }
  /** Something that protects the account has changed: its person must be able to notice, on every way. */
  | { readonly kind: 'security'; readonly notice: SecurityNotice }
  /** Moderators have decided about something of the person's. `post`: where it is about one. */
  | { readonly kind: 'moderation'; readonly notice: ModerationNotice; readonly post?: PostId }
  /** An export of the person's. */
  | { readonly kind: 'export'; readonly notice: ExportNotice; readonly export: ExportId };

export type ExportNotice = 'ready' | 'ended';

export type ModerationNotice = 'post-hidden' | 'post-restored' | 'profile-cleared' | 'suspended' | 'suspension-lifted' | 'appeal-dismissed';

/** What has changed about what protects an account. */
export type SecurityNotice =
  'password-changed' | 'password-reset' | 'account-claimed' | 'second-factor-added' | 'second-factor-removed' | 'recovery-codes-made' | 'recovery-code-used';

/** How much a push may interrupt, as Apple names the levels; the other services get the nearest that they have. */
export const INTERRUPTION_LEVELS = ['passive', 'active', 'time-sensitive', 'critical'] as const;
export type InterruptionLevel = (typeof INTERRUPTION_LEVELS)[number];

/** A button of a push. `url` opens when it is tapped; without it the app gets the id. */
export type PushAction = { readonly id: string; readonly title: string; readonly url?: string };

/** What only a push has. */
export type PushDetails = {
  /** The address of a picture. */
  readonly image?: string;
  /** The number at the app's icon; 0 removes it. */
  readonly badge?: number;
  /** The name of a sound that the app brings, or `default`. */
  readonly sound?: string;
  readonly androidChannel?: string;
  readonly interruptionLevel?: InterruptionLevel;
  readonly actions?: readonly PushAction[];
  /** For the app, beside what every push carries to open the thing that it tells of. */
  readonly data?: Readonly<Record<string, string>>;
};

/** What a notification says: on every channel the same, but for the words that one of them has for itself. */
export type Content = {
  readonly title?: string;
  readonly body: string;
  readonly url?: string;
  readonly push?: PushDetails & { readonly title?: string; readonly body?: string };
  readonly sms?: { readonly body: string };
  /** `body` is the plain text; `html` is sent beside it. */
  readonly email?: { readonly subject?: string; readonly body?: string; readonly html?: string };
  readonly inApp?: { readonly title?: string; readonly body?: string };
};

/** The template that a request names, and the version that it was checked with: unless the request has named that one, a newer one is used that its parameters satisfy. */
export type RequestedTemplate = {
  readonly template: TemplateId;
  readonly version: number;
  readonly pinned?: true;
  /** Instead of the recipient's own language. */
  readonly language?: string;
};

/** A time on each recipient's own clock; `zone`: of those who have told none. */
export type SendAtLocal = { readonly time: LocalTime; readonly zone: string };
