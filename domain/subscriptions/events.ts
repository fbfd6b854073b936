/** The events of one part of the work on a projection's changes (`partStream`), that workers of an app share outside. Each says all: the newest is the state. */
import type { SealingOf } from '../shared/event.ts';
import type { AppId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

/** `group` names the work, `part` of `of` is the share: the documents whose ids fall into it. */
export type PartOfWork = { readonly app: AppId; readonly projection: string; readonly group: string; readonly of: number; readonly part: number };

/** Among the app's own. */
export const shareOf = ({ projection, group, of, part }: Omit<PartOfWork, 'app'>): string => `${projection}:${group}:${of}:${part}`;

type OfPart = PartOfWork & {
  readonly holder: string;
  /** How far the part is worked on; null: from the beginning. */
  readonly cursor: string | null;
  readonly at: Instant;
};

export type SubscriptionsEvent =
  /** One worker holds the part until then. */
  | { readonly type: 'subscriptions.part-held.v1'; readonly data: OfPart & { readonly until: Instant } }
  /** The next worker need not wait. */
  | { readonly type: 'subscriptions.part-released.v1'; readonly data: OfPart };

export const subscriptionsSealing: SealingOf<SubscriptionsEvent> = { 'subscriptions.part-held.v1': {}, 'subscriptions.part-released.v1': {} };
