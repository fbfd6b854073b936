/** Groups that the person is invited to, above the channels. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from '../../client/http/generated/read-api.ts';
import { goTo } from '../app/routes.ts';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { nameText } from '../parts/name.tsx';
import { t } from '../text/text.ts';
import { act, inChannel } from './acting.ts';
import { readSoon } from './inbox.ts';

type Invitation = components['schemas']['Invitation'];

const invitations = signal<readonly Invitation[]>([]);
whenLeaving(() => (invitations.value = []));

const LATER_MS = 500;

async function read(): Promise<void> {
  try {
    invitations.value = (await session.value?.tidings.read.GET('/v1/me/invitations', {}))?.data?.invitations ?? [];
  } catch (error) {
    failureText(error);
  }
}

export function Invitations() {
  useEffect(() => {
    void read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.value?.tidings.chat.onFrame(({ type }) => {
      if (type !== 'invitations') return;
      void read();
      clearTimeout(timer);
      timer = setTimeout(() => void read(), LATER_MS); // the views may be behind the gateway
    });
    return () => {
      stop?.();
      clearTimeout(timer);
    };
  }, []);
  const accept = async (channel: string) => {
    const isDone = await act((write) => write.POST('/v1/me/invitations/{channel}/accept', inChannel(channel)));
    await read();
    readSoon();
    if (isDone !== undefined) goTo(`/chat/${channel}`);
  };
  const refuse = async (channel: string) => {
    await act((write) => write.POST('/v1/me/invitations/{channel}/refuse', inChannel(channel)));
    await read();
  };
  if (invitations.value.length === 0) return null;
  return (
    <ul class="invitations" aria-label={t('chat.invitations')}>
      {invitations.value.map(({ channel, title, by, members }) => (
        <li key={channel}>
          <p>
            {t('chat.invitedTo', { name: nameText(by.name), title: title ?? t('chat.group') })}{' '}
            <span class="hint">{t('chat.memberCount', { count: members })}</span>
          </p>
          <p class="request-actions">
            <button type="button" class="primary" onClick={() => void accept(channel)}>
              {t('chat.join')}
            </button>
            <button type="button" class="quiet" onClick={() => void refuse(channel)}>
              {t('chat.refuse')}
            </button>
          </p>
        </li>
      ))}
    </ul>
  );
}
