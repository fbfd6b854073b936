/** Where the person is logged in, and logging out there. */
import { session } from '../../app/session.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { Outcome, Section } from '../form-parts.tsx';
import { useRead } from '../read-list.ts';

export function Sessions() {
  const action = useAction();
  const { value, failure, again } = useRead(async ({ write }) => (await write.GET('/v1/me/sessions', {})).data?.sessions);
  const sessions = value.value;
  const end = (id: string) =>
    action.run(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/sessions/{session}', { params: { path: { session: id } } });
      await again();
    });
  const endOthers = () =>
    action.run(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/sessions', {});
      await again();
    });
  return (
    <Section title={t('settings.sessions')}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void again()} />}
      {sessions === undefined && failure.value === undefined && <Skeleton rows={1} />}
      <ul class="setting-list">
        {sessions?.map(({ session: id, deviceName, usedAt, loggedInAt, current, pushes }) => (
          <li key={id}>
            <div class="setting-entry">
              <b>
                <bdi>{deviceName ?? t('settings.unknownDevice')}</bdi>
              </b>
              {current && <span class="mark">{t('settings.thisDevice')}</span>}
              <p class="hint">
                {t('settings.lastSeen')} <Time at={usedAt} /> · {t('settings.loggedIn')} <Time at={loggedInAt} />
                {pushes && ` · ${t('settings.getsPushes')}`}
              </p>
            </div>
            {!current && (
              <button type="button" class="quiet" onClick={() => void end(id)}>
                {t('app.logOut')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {(sessions?.length ?? 0) > 1 && (
        <button type="button" class="quiet" onClick={() => void endOthers()}>
          {t('settings.logOutOthers')}
        </button>
      )}
      <Outcome of={action} done={t('settings.loggedOutThere')} />
    </Section>
  );
}
