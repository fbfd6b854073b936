import type { Instant } from '../../../domain/shared/instant.ts';
import type { Presence } from '../../../ports/presence/port.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { DomainReader } from '../../dependencies.ts';

export type ToldDependencies = {
  readonly reader: DomainReader;
  readonly views: Pick<TidingsViews, 'get'>;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly clock: () => Instant;
  /** How long a recipient's devices have to acknowledge a message before it is pushed. */
  readonly chatPushAfterMs: number;
};
