/** Vendors' accounts with their breakers, whether they take us, and who is given which deliveries. */
import { useSignal } from '@preact/signals';
import { ask, askOne } from '../app/call.ts';
import type { RoutingRule, SenderCheckLine, SenderLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { Action } from '../parts/action.tsx';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';
import { RoutingForm, rulesIn } from './routing-form.tsx';

const keyOf = ({ vendor, channel }: { readonly vendor: string; readonly channel: string }): string => `${channel} ${vendor}`;

export function VendorsPage() {
  const senders = useLive((signal) => ask('list-senders', {}, { signal }));
  const routing = useLive((signal) => askOne('show-routing', {}, { signal }));
  const checked = useSignal<readonly SenderCheckLine[]>([]);
  const check = async () => {
    checked.value = await ask('check-senders', {});
    const refused = checked.value.filter(({ outcome }) => outcome === 'refused').length;
    return refused === 0 ? t('vendors.noneRefused') : t('vendors.refused', { count: refused });
  };
  const plug =
    (vendor: string, way: 'in' | 'out') =>
    async ({ reason }: { readonly reason: string | undefined }) => {
      await ask('plug-vendor', { vendor, plug: way }, { reason });
      await Promise.all([senders.refresh(), routing.refresh()]);
      return t(way === 'in' ? 'vendors.pluggedIn' : 'vendors.pluggedOut', { vendor });
    };
  return (
    <Page title={t('place.vendors')} end={<ReadAt of={senders} />}>
      <div class="buttons">
        <Action action="check-senders" label={t('vendors.check')} warning={t('vendors.checkWarning')} run={check} />
      </div>
      <Loaded of={senders}>
        {(rows) => (
          <Table<SenderLine>
            label={t('place.vendors')}
            rows={rows}
            keyOf={keyOf}
            empty={t('vendors.none')}
            columns={[
              { title: t('vendors.account'), cell: ({ vendor }) => <code>{vendor}</code> },
              { title: t('vendors.channel'), cell: ({ channel, platforms }) => <code>{[channel, ...(platforms ?? [])].join(', ')}</code> },
              { title: t('vendors.breaker'), cell: ({ breaker }) => <Badge is={breaker === 'open' ? 'bad' : 'good'}>{t(`vendors.breaker.${breaker}`)}</Badge> },
              {
                title: t('vendors.given'),
                cell: ({ pluggedIn }) => (pluggedIn ? <Badge is="good">{t('vendors.in')}</Badge> : <Badge is="bad">{t('vendors.out')}</Badge>),
              },
              { title: t('vendors.checked'), cell: (row) => <Checked of={checked.value.find((one) => keyOf(one) === keyOf(row))} /> },
              {
                title: t('app.actions'),
                cell: ({ vendor, pluggedIn }) =>
                  pluggedIn ? (
                    <Action action="plug-vendor" label={t('vendors.plugOut')} about={vendor} warning={t('vendors.plugOutWarning')} run={plug(vendor, 'out')} />
                  ) : (
                    <Action action="plug-vendor" label={t('vendors.plugIn')} about={vendor} warning={t('vendors.plugInWarning')} run={plug(vendor, 'in')} />
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <p class="hint">{t('vendors.breakerHint')}</p>
      <h2>{t('routing.title')}</h2>
      <Loaded of={routing}>
        {({ rules }) => (
          <>
            <RulesTable rules={rules} />
            <div class="buttons">
              <Action
                action="set-routing"
                label={t('routing.change')}
                warning={t('routing.warning')}
                run={async ({ reason, form }) => {
                  await ask('set-routing', { rules: rulesIn(form) }, { reason });
                  await routing.refresh();
                  return t('routing.changed');
                }}
              >
                <RoutingForm rules={rules} />
              </Action>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Checked({ of }: { readonly of: SenderCheckLine | undefined }) {
  if (of === undefined) return null;
  const { outcome, reason } = of;
  return (
    <>
      <Badge is={outcome === 'accepted' ? 'good' : outcome === 'refused' ? 'bad' : 'plain'}>{t(`vendors.check.${outcome}`)}</Badge> {reason}
    </>
  );
}

const RulesTable = ({ rules }: { readonly rules: readonly RoutingRule[] }) => (
  <Table<RoutingRule>
    label={t('routing.title')}
    rows={rules}
    keyOf={(rule) => JSON.stringify(rule)}
    empty={t('routing.none')}
    columns={[
      { title: t('vendors.channel'), cell: ({ channel }) => <code>{channel}</code> },
      { title: t('routing.platforms'), cell: ({ platforms }) => platforms?.join(', ') ?? t('routing.all') },
      { title: t('routing.countries'), cell: ({ countries }) => countries?.join(', ') ?? t('routing.all') },
      {
        title: t('routing.vendors'),
        cell: ({ vendors }) => vendors.map(({ vendor, weight }) => (weight === undefined ? vendor : `${vendor} × ${weight}`)).join(', '),
      },
    ]}
  />
);
