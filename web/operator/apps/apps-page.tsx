/** Apps, and what they have under way: campaigns, schedules, and messages to webhooks that were given up. */
import { ask } from '../app/call.ts';
import { OPERATOR_ROOT } from '../app/addresses.ts';
import type { AppLine, CampaignLine, ScheduleLine, WebhookMessageLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { Action } from '../parts/action.tsx';
import { momentText, numberText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';

const LISTED_MAX = 200;

export function AppsPage() {
  const apps = useLive((signal) => ask('list-apps', { limit: LISTED_MAX }, { signal }));
  return (
    <Page title={t('place.apps')} end={<ReadAt of={apps} />}>
      <Loaded of={apps}>{(rows) => <AppTable rows={rows} />}</Loaded>
      <Webhooks />
      <Campaigns />
      <Schedules />
    </Page>
  );
}

const AppTable = ({ rows }: { readonly rows: readonly AppLine[] }) => (
  <Table<AppLine>
    label={t('place.apps')}
    rows={rows}
    keyOf={({ app }) => app}
    empty={t('apps.none')}
    columns={[
      {
        title: t('apps.name'),
        cell: ({ app, name }) => (
          <a href={`${OPERATOR_ROOT}/apps/${app}`}>
            <bdi>{name}</bdi>
          </a>
        ),
      },
      {
        title: t('apps.state'),
        cell: ({ disabled }) => (disabled ? <Badge is="bad">{t('apps.disabled')}</Badge> : <Badge is="good">{t('apps.active')}</Badge>),
      },
      { title: t('apps.registered'), cell: ({ registeredAt }) => <Time at={registeredAt} /> },
      { title: t('apps.secretFrom'), cell: ({ secretRotatedAt, registeredAt }) => <Time at={secretRotatedAt ?? registeredAt} /> },
      { title: t('apps.id'), cell: ({ app }) => <code>{app}</code> },
    ]}
  />
);

function Webhooks() {
  const dead = useLive((signal) => ask('list-webhook-messages', { status: 'dead', limit: LISTED_MAX }, { signal }));
  const replay =
    (request: { readonly message: string } | Record<never, never>) =>
    async ({ reason }: { readonly reason: string | undefined }) => {
      const lines = await ask('replay-webhook-messages', request, { reason });
      await dead.refresh();
      return t('webhooks.queued', { count: lines.filter(({ outcome }) => outcome === 'queued').length });
    };
  return (
    <>
      <h2>{t('webhooks.title')}</h2>
      <Loaded of={dead}>
        {(rows) => (
          <>
            <Table<WebhookMessageLine>
              label={t('webhooks.title')}
              rows={rows}
              keyOf={({ message }) => message}
              empty={t('webhooks.none')}
              columns={[
                { title: t('webhooks.event'), cell: ({ event }) => <code>{event}</code> },
                { title: t('apps.id'), cell: ({ app }) => <code>{app}</code> },
                { title: t('webhooks.attempts'), isNumber: true, cell: ({ attempts }) => numberText(attempts) },
                { title: t('webhooks.reason'), cell: ({ reason }) => reason },
                { title: t('webhooks.at'), cell: ({ occurredAt }) => <Time at={occurredAt} /> },
                {
                  title: t('app.actions'),
                  cell: ({ message }) => <Action action="replay-webhook-messages" label={t('webhooks.replay')} about={message} run={replay({ message })} />,
                },
              ]}
            />
            {rows.length > 1 && (
              <Action action="replay-webhook-messages" label={t('webhooks.replayAll')} warning={t('webhooks.replayAllWarning')} run={replay({})} />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Campaigns() {
  const campaigns = useLive((signal) => ask('list-campaigns', { limit: LISTED_MAX }, { signal }));
  const steer =
    (notification: string, to: 'pause' | 'resume' | 'cancel') =>
    async ({ reason }: { readonly reason: string | undefined }) => {
      await ask('steer-campaign', { notification, to }, { reason });
      await campaigns.refresh();
      return t('apps.done');
    };
  const actionsOf = ({ notification, status, cancelled }: CampaignLine) =>
    status === 'finished' || cancelled ? null : (
      <span class="buttons">
        <Action
          action="steer-campaign"
          label={t(status === 'paused' ? 'apps.resume' : 'apps.pause')}
          about={notification}
          run={steer(notification, status === 'paused' ? 'resume' : 'pause')}
        />
        <Action
          action="steer-campaign"
          label={t('apps.cancel')}
          about={notification}
          warning={t('campaigns.cancelWarning')}
          run={steer(notification, 'cancel')}
        />
      </span>
    );
  return (
    <>
      <h2>{t('campaigns.title')}</h2>
      <Loaded of={campaigns}>
        {(rows) => (
          <Table<CampaignLine>
            label={t('campaigns.title')}
            rows={rows}
            keyOf={({ notification }) => notification}
            empty={t('campaigns.none')}
            columns={[
              { title: t('deliveries.notification'), cell: ({ notification }) => <code>{notification}</code> },
              { title: t('campaigns.list'), cell: ({ list }) => <code>{list}</code> },
              {
                title: t('apps.state'),
                cell: ({ status, cancelled }) => <Badge is={cancelled ? 'bad' : 'plain'}>{cancelled ? t('campaigns.cancelled') : status}</Badge>,
              },
              {
                title: t('campaigns.planned'),
                isNumber: true,
                cell: ({ planned, total }) => `${numberText(planned)} / ${total === null ? '–' : numberText(total)}`,
              },
              { title: t('app.actions'), cell: actionsOf },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function Schedules() {
  const schedules = useLive((signal) => ask('list-schedules', { limit: LISTED_MAX }, { signal }));
  const steer =
    (schedule: string, to: 'pause' | 'resume' | 'cancel') =>
    async ({ reason }: { readonly reason: string | undefined }) => {
      await ask('steer-schedule', { schedule, to }, { reason });
      await schedules.refresh();
      return t('apps.done');
    };
  const actionsOf = ({ schedule, status }: ScheduleLine) =>
    status !== 'active' && status !== 'paused' ? null : (
      <span class="buttons">
        <Action
          action="steer-schedule"
          label={t(status === 'paused' ? 'apps.resume' : 'apps.pause')}
          about={schedule}
          run={steer(schedule, status === 'paused' ? 'resume' : 'pause')}
        />
        <Action action="steer-schedule" label={t('apps.cancel')} about={schedule} warning={t('schedules.cancelWarning')} run={steer(schedule, 'cancel')} />
      </span>
    );
  return (
    <>
      <h2>{t('schedules.title')}</h2>
      <Loaded of={schedules}>
        {(rows) => (
          <Table<ScheduleLine>
            label={t('schedules.title')}
            rows={rows}
            keyOf={({ schedule }) => schedule}
            empty={t('schedules.none')}
            columns={[
              { title: t('schedules.schedule'), cell: ({ schedule }) => <code>{schedule}</code> },
              { title: t('apps.state'), cell: ({ status }) => <Badge is="plain">{status}</Badge> },
              { title: t('schedules.category'), cell: ({ category }) => <code>{category}</code> },
              { title: t('schedules.next'), cell: ({ next }) => (next === null ? '–' : momentText(next.at)) },
              { title: t('schedules.requested'), isNumber: true, cell: ({ requested }) => numberText(requested) },
              { title: t('app.actions'), cell: actionsOf },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
