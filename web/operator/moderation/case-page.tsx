/** One case. What people wrote is shown once the moderator has said why they look, for that is in the audit. */
import { useSignal } from '@preact/signals';
import { ask, askOne } from '../app/call.ts';
import { OPERATOR_ROOT } from '../app/addresses.ts';
import type { ReportLine, ShownCaseLine } from '../app/lines.ts';
import { may } from '../app/session.ts';
import { Action } from '../parts/action.tsx';
import { momentText, numberText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Nothing } from '../parts/states.tsx';
import { Facts } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';
import { Decisions } from './decisions.tsx';

const REPORTS_MAX = 200;

type Looked = { readonly shown: ShownCaseLine; readonly reports: readonly ReportLine[]; readonly reason: string };

export function CasePage({ id }: { readonly id: string }) {
  const looked = useSignal<Looked | undefined>(undefined);
  const look = async (reason: string) => {
    const [shown, reports] = await Promise.all([
      askOne('show-case', { case: id }, { reason }),
      ask('list-reports', { case: id, limit: REPORTS_MAX }, { reason }),
    ]);
    looked.value = { shown, reports, reason };
  };
  return (
    <Page title={t('cases.case')}>
      <p>
        <a href={`${OPERATOR_ROOT}/moderation`}>{t('cases.back')}</a>
      </p>
      <p>
        <code>{id}</code>
      </p>
      {looked.value === undefined ? (
        <>
          <p>{t('cases.lookHint')}</p>
          <Action
            action="show-case"
            label={t('cases.look')}
            about={id}
            kind="primary"
            run={async ({ reason = '' }) => {
              await look(reason);
              return t('cases.looked');
            }}
          />
        </>
      ) : (
        <>
          <Shown of={looked.value.shown} />
          <Picture id={id} />
          <Reports of={looked.value.reports} />
          <h2>{t('cases.decide')}</h2>
          <Decisions id={id} about={aboutOf(looked.value.shown)} reason={looked.value.reason} onDecided={() => look(looked.value?.reason ?? '')} />
        </>
      )}
    </Page>
  );
}

const aboutOf = ({ known, content }: ShownCaseLine): string | undefined => known?.about ?? content?.by;

function Shown({ of: { known, content } }: { readonly of: ShownCaseLine }) {
  return (
    <>
      {known !== null && (
        <Facts
          of={[
            [t('apps.state'), t(`cases.${known.status}`)],
            [t('cases.since'), <Time at={known.since} />],
            [t('cases.reports'), numberText(known.reports)],
            [t('cases.about'), <code>{known.about}</code>],
            ...(known.outcome === null ? [] : [[t('cases.outcome'), `${known.outcome} · ${known.by ?? ''}`] as const]),
          ]}
        />
      )}
      {known !== null && known.appealedAt !== null && (
        <blockquote class="shown">
          <p class="hint">{t('cases.appealAt', { time: momentText(known.appealedAt) })}</p>
          <p class="text" dir="auto">
            {known.appeal ?? t('cases.erased')}
          </p>
        </blockquote>
      )}
      <h2>{t('cases.content')}</h2>
      {content === null ? (
        <Nothing>{t('cases.gone')}</Nothing>
      ) : (
        <blockquote class="shown">
          <p class="hint">
            <bdi>{content.name ?? t('cases.erased')}</bdi> <code>{content.by}</code> {content.at !== null && <Time at={content.at} />}
          </p>
          <p class="text" dir="auto">
            {content.text ?? t('cases.noText')}
          </p>
        </blockquote>
      )}
    </>
  );
}

function Reports({ of }: { readonly of: readonly ReportLine[] }) {
  return (
    <>
      <h2>{t('cases.reports')}</h2>
      {of.length === 0 && <Nothing>{t('cases.noReports')}</Nothing>}
      <ul>
        {of.map(({ by, violation, text, at, place }) => (
          <li key={place} class="shown">
            <p class="hint">
              {violation} · <code>{by}</code> · <Time at={at} />
            </p>
            {text !== null && (
              <p class="text" dir="auto">
                {text}
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of a picture or a profile; looked at on its own, for not every moderator has to see it. */
function Picture({ id }: { readonly id: string }) {
  const source = useSignal<string | undefined>(undefined);
  if (!/^(media|person):/.test(id) || !may('show-picture')) return null;
  if (source.value !== undefined) return <img class="reported" src={source.value} alt={t('cases.pictureAlt')} />;
  return (
    <Action
      action="show-picture"
      label={t('cases.picture')}
      about={id}
      run={async ({ reason }) => {
        const parts = await ask('show-picture', { case: id }, { reason });
        const bytes = parts.map(({ bytes: text }) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
        source.value = URL.createObjectURL(new Blob(bytes, { type: parts[0]?.type ?? '' }));
        return t('cases.looked');
      }}
    />
  );
}
