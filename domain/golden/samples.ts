/** The content of the golden files, typed: one believable event of every type, so that the compiler finds them when an event's shape changes. */
import type { DomainEvent } from '../shared/event.ts';
import type { Instant } from '../shared/instant.ts';

/** In an order in which they could happen in one stream, as far as possible. */
export type Samples<Event extends DomainEvent> = { readonly [Type in Event['type']]: Extract<Event, { readonly type: Type }>['data'] };

export const at = '2025-03-14T15:09:26.535Z' as Instant;
export const later = '2025-03-14T16:09:26.535Z' as Instant;
