/** Where a link into a group leads. Nobody joins by looking at it. */
import { useSignal } from '@preact/signals';
import { replaceBy } from '../../app/routes.ts';
import { failureText, session } from '../../app/session.ts';
import { Empty, Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { readSoon } from '../inbox.ts';

export function JoinPage({ token }: { readonly token: string }) {
  const failure = useSignal<string | undefined>(undefined);
  const hasAsked = useSignal(false);
  const join = async () => {
    failure.value = undefined;
    try {
      const answer = (await session.value?.tidings.write.POST('/v1/me/joined-links', { body: { token } }))?.data;
      if (answer === undefined) return;
      readSoon();
      if (answer.membership === 'member' && answer.channel !== null) replaceBy(`/chat/${answer.channel}`);
      else hasAsked.value = true;
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('chat.joinTitle')}</h1>
      {failure.value !== undefined && <Failure text={failure.value} />}
      {hasAsked.value ? (
        <Empty title={t('chat.joinAsked')}>
          <p role="status">{t('chat.joinAskedHint')}</p>
          <a class="button" href="/chat">
            {t('chat.back')}
          </a>
        </Empty>
      ) : (
        <Empty title={t('chat.joinHint')}>
          <button type="button" class="primary" onClick={() => void join()}>
            {t('chat.join')}
          </button>
        </Empty>
      )}
    </>
  );
}
