/**
 * How many deliveries a person has had accepted of an app lately. They are counted in a view, so that no restart forgets one. The view is
 * some tenths of a second behind: what this process has let go meanwhile, it counts by itself until the view shows it.
 */
import { frequencyOver, type Counted, type Frequency } from '../../../domain/notifications/categories/caps.ts';
import type { CategoryRules } from '../../../domain/notifications/categories/wanted.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { AppId, DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { Outage } from '../../../ports/outage.ts';
import { QUERY_LIMIT_MAX } from '../../../ports/views/port.ts';
import { acceptedIn, acceptedSince } from '../../../projections/read-models/caps/accepted-text.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { Runtime } from '../../dependencies.ts';

/** Of one app to one person, critical ones apart, where no setting says otherwise. */
export const NOTIFICATIONS_PER_DAY_MAX = 100;

/** What was let go and never settled, for its job was interrupted, is counted for so long. */
const UNDER_WAY_MS = MINUTE_MS;
/** What was accepted is counted here for so long, if the view stands still. */
const ACCEPTED_MS = 10 * MINUTE_MS;
/** Beyond, the oldest are forgotten. */
const COUNTED_HERE_MAX = 50_000;

export type FrequencyCaps = {
  /** Where a cap leaves no room for the delivery. One that has room counts from now on, until it is settled as not accepted. */
  frequencyOf(plan: Plan, rules: CategoryRules | undefined): Promise<Frequency | undefined>;
  settle(delivery: DeliveryId, outcome: 'accepted' | 'not-accepted'): void;
};

type Dependencies = { readonly views: Pick<TidingsViews, 'pluck'> } & Pick<Runtime, 'clock' | 'monotonicMs'>;

/** `whose`: of which person and app. `sinceMs`: by the monotonic clock. */
type Own = { readonly whose: string; readonly category: string; readonly sinceMs: number; readonly acceptedAt: Instant | undefined };

/** A cap of more than `QUERY_LIMIT_MAX` is none. */
export function createFrequencyCaps({ views, clock, monotonicMs }: Dependencies, { perDayMax }: { readonly perDayMax: number }): FrequencyCaps {
  /** The one that was let go first is the first. */
  const own = new Map<DeliveryId, Own>();
  const byWhose = new Map<string, Set<DeliveryId>>();

  const forget = (delivery: DeliveryId): void => {
    const whose = own.get(delivery)?.whose;
    if (whose === undefined) return;
    own.delete(delivery);
    const others = byWhose.get(whose);
    others?.delete(delivery);
    if (others?.size === 0) byWhose.delete(whose);
  };

  const keep = (delivery: DeliveryId, one: Own): void => {
    forget(delivery);
    own.set(delivery, one);
    const others = byWhose.get(one.whose) ?? new Set();
    byWhose.set(one.whose, others.add(delivery));
    for (const [oldest, { sinceMs }] of own) {
      if (own.size <= COUNTED_HERE_MAX && sinceMs + ACCEPTED_MS > one.sinceMs) break;
      forget(oldest);
    }
  };

  /** Beside what the view has, and the delivery itself. */
  const ownOf = (whose: string, viewed: ReadonlySet<DeliveryId>, since: Instant): readonly Counted[] =>
    [...(byWhose.get(whose) ?? [])].flatMap((delivery) => {
      const one = own.get(delivery);
      if (one === undefined || viewed.has(delivery)) return [];
      const isOver = monotonicMs() - one.sinceMs >= (one.acceptedAt === undefined ? UNDER_WAY_MS : ACCEPTED_MS);
      return isOver || (one.acceptedAt !== undefined && one.acceptedAt <= since) ? [] : [one];
    });

  return {
    frequencyOf: async ({ delivery, recipient, source, category }, rules) => {
      if (source.kind !== 'app') return undefined;
      const caps = { app: perDayMax, category: rules?.perDayMax };
      if (caps.app > QUERY_LIMIT_MAX && caps.category === undefined) return undefined;
      const whose = `${recipient} ${source.app}`;
      const at = clock();
      const since = plus(at, -DAY_MS);
      const viewed = await acceptedOf(views, { person: recipient, app: source.app, since });
      const counted = [...viewed, ...ownOf(whose, new Set([delivery, ...viewed.map((one) => one.delivery)]), since)];
      const frequency = frequencyOver(counted, { category, caps, at });
      if (frequency === undefined) keep(delivery, { whose, category, sinceMs: monotonicMs(), acceptedAt: undefined });
      return frequency;
    },
    settle: (delivery, outcome) => {
      const one = own.get(delivery);
      if (one === undefined) return;
      if (outcome === 'accepted') keep(delivery, { ...one, sinceMs: monotonicMs(), acceptedAt: clock() });
      else forget(delivery);
    },
  };
}

type Whose = { readonly person: PersonId; readonly app: AppId; readonly since: Instant };

/** While the views are away, a cap counts what this process knows and holds nothing else back: it spares a person, and promises nobody anything. */
async function acceptedOf(views: Pick<TidingsViews, 'pluck'>, { person, app, since }: Whose) {
  try {
    const range = acceptedSince(person, app, since);
    const texts = await views.pluck('deliveries', 'accepted', { range, order: { accepted: -1 }, limit: QUERY_LIMIT_MAX });
    return texts.map(acceptedIn);
  } catch (error) {
    if (error instanceof Outage) return [];
    throw error;
  }
}
