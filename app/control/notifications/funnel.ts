/** The funnel: what became of the notifications of some days. */
import { beginOfDay, DAY_MS, dayOf, plus, type Instant } from '../../../domain/shared/instant.ts';
import { daysBetween, FUNNEL_DAYS_MAX, readFunnel } from '../../../projections/view-access/funnel.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { FUNNEL_DAYS_DEFAULT, type FunnelLine } from './protocol.ts';

export async function* showFunnel(
  { views, clock }: { readonly views: Pick<TidingsViews, 'find'>; readonly clock: () => Instant },
  { until = dayOf(clock()), from = dayOf(plus(beginOfDay(until), (1 - FUNNEL_DAYS_DEFAULT) * DAY_MS)), by, ...only }: OperationRequest<'show-funnel'>,
): AsyncIterable<FunnelLine> {
  const days = daysBetween(from, until).length;
  if (days === 0 || days > FUNNEL_DAYS_MAX) throw new ControlFailure('bad-request', `Ask for 1 to ${FUNNEL_DAYS_MAX} days, the first one first.`);
  const { source, category, template, channel } = only;
  const narrowed = {
    ...(source !== undefined && { source }),
    ...(category !== undefined && { category }),
    ...(template !== undefined && { template }),
    ...(channel !== undefined && { channel }),
  };
  const funnel = await readFunnel(views, { from, until, ...narrowed, by });
  if (funnel.outcome === 'too-much') throw new ControlFailure('bad-request', 'That is too much to add up at once: ask for fewer days, or for one app.');
  for (const { key, ...counts } of funnel.rows) yield { ...key, ...counts };
}
