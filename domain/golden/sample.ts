/** One believable event of every type: what the golden files hold, typed, so that a change of an event's shape can't be made without meeting them. */
import type { DomainEvent } from '../shared/event.ts';
import type { Instant } from '../shared/instant.ts';

/** In the order in which they could happen in one stream, as far as that can be. */
export type Samples<Event extends DomainEvent> = { readonly [Type in Event['type']]: Extract<Event, { readonly type: Type }>['data'] };

export const at = '2025-03-14T15:09:26.535Z' as Instant;
export const later = '2025-03-14T16:09:26.535Z' as Instant;
