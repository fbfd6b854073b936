/** One delivery, with its whole history where it is opened. */
import type { DeliveryLine, DeliveryStep } from '../app/lines.ts';
import { momentText, numberText } from '../parts/format.ts';
import { Badge } from '../parts/states.tsx';
import { Facts } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';

const BAD: ReadonlySet<string> = new Set(['undelivered', 'failed', 'expired', 'unknown']);
const GOOD: ReadonlySet<string> = new Set(['accepted', 'delivered', 'digested']);

export function Delivery({ of }: { readonly of: DeliveryLine }) {
  const { delivery, notification, recipient, channel, category, status, reason, attempts, vendor, vendorId, plannedAt, app, history } = of;
  return (
    <details class="delivery">
      <summary>
        <Badge is={BAD.has(status) ? 'bad' : GOOD.has(status) ? 'good' : 'plain'}>{status}</Badge>
        <span class="delivery-title">
          {`${channel} · ${category}`}
          {reason !== null && ` · ${reason}`}
        </span>
        <span class="when">
          <Time at={plannedAt} />
        </span>
      </summary>
      <Facts
        of={[
          [t('deliveries.delivery'), <code>{delivery}</code>],
          [t('deliveries.notification'), <code>{notification}</code>],
          [t('deliveries.recipient'), <code>{recipient}</code>],
          ...(app === null ? [] : [[t('deliveries.app'), <code>{app}</code>] as const]),
          ...(vendor === null ? [] : [[t('deliveries.vendor'), <code>{vendor}</code>] as const]),
          ...(vendorId === null ? [] : [[t('deliveries.vendorId'), <code>{vendorId}</code>] as const]),
          [t('deliveries.attempts'), numberText(attempts)],
        ]}
      />
      <ol class="steps">
        {history.map((step, i) => (
          <li key={i}>
            <time dateTime={step.at}>{momentText(step.at)}</time> <b>{step.what}</b> <span class="facts-text">{factsOf(step)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What the event says beside what it is and when. */
const factsOf = ({ what: _what, at: _at, ...facts }: DeliveryStep): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
