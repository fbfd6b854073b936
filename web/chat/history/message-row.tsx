/** A message in its channel: who said it and when, its words and pictures, and what one does with it. */
import type { Message, Outgoing } from '../../../client/index.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Name } from '../../parts/name.tsx';
import { clockText, exactText } from '../times.ts';
import { t } from '../../text/text.ts';
import { personOf } from '../names.ts';
import type { ChannelFacts, Receipt } from '../open-channel.ts';
import { LinkPreview } from './link-preview.tsx';
import { actionsOf, type MessageActions } from './message-actions.ts';
import { MessageMedia } from './message-media.tsx';
import { MessageText } from './message-text.tsx';
import { noticeText } from './notice-text.ts';
import { Reactions, reactionsOf } from './reactions.tsx';
import { excerptOf, RepliedTo } from './replied-to.tsx';

type MessageRowProps = {
  readonly message: Message;
  readonly isFollowing: boolean;
  readonly isActive: boolean;
  readonly isTarget: boolean;
  readonly facts: ChannelFacts;
  readonly own: string;
  readonly receipt: Receipt | undefined;
  readonly outgoing: readonly Outgoing[];
  readonly answered: Message | undefined;
  readonly actions: MessageActions;
};

export function MessageRow(props: MessageRowProps) {
  const { message, isFollowing, isActive, isTarget, facts, own, receipt, outgoing, answered, actions } = props;
  const { sender, at, notice, seq } = message;
  if (notice !== null) return <NoticeRow message={message} onJump={actions.jump} />;
  const isOwn = sender === own;
  const person = personOf(sender);
  const hasFace = !isOwn && facts.kind !== 'direct';
  const isGone = message.text === null;
  const tabIndex = isActive ? 0 : -1;
  const classes = ['message', isOwn ? 'own' : 'others', isFollowing ? 'following' : '', hasFace ? 'with-face' : '', isTarget ? 'target' : ''];
  return (
    <article class={classes.filter(Boolean).join(' ')} data-row data-seq={seq} tabIndex={tabIndex} aria-label={labelOf(message, person.name)}>
      {hasFace && !isFollowing && <Avatar person={person} />}
      {!isFollowing && (
        <p class="message-head">
          <a href={`/people/${sender}`} class={isOwn || facts.kind === 'direct' ? 'unseen' : 'sender'} tabIndex={-1}>
            <Name of={person.name} />
          </a>{' '}
          <time dateTime={at} title={exactText(at)}>
            {clockText(at)}
          </time>
        </p>
      )}
      <div class="message-line">
        <div class="bubble">
          <RepliedTo channel={actions.channel} message={message} known={answered} onJump={actions.jump} />
          {isGone ? <p class="gone">{excerptOf(message)}</p> : <Words message={message} onExpired={() => actions.refresh(seq)} />}
          <Marks message={message} onEdits={() => actions.showEdits(message)} tabIndex={tabIndex} />
        </div>
        <span class="message-tools" data-tools>
          {!isGone && facts.request !== 'received' && (
            <button type="button" class="bare tool" tabIndex={tabIndex} aria-label={t('chat.react')} onClick={() => actions.pickEmoji(message)}>
              <Icon name="react" />
            </button>
          )}
          <Menu label={t('chat.actions')} class="bare tool" items={() => actionsOf(message, facts, own, actions)}>
            <Icon name="more" />
          </Menu>
        </span>
      </div>
      <Reactions
        reactions={reactionsOf(message, outgoing, own)}
        tabIndex={tabIndex}
        onToggle={(emoji, isReacting) => actions.react(message, emoji, isReacting ? 'removed' : 'added')}
      />
      <Failures seq={seq} outgoing={outgoing} actions={actions} />
      {receipt !== undefined && <p class="receipt">{t(`chat.${receipt}`)}</p>}
    </article>
  );
}

const labelOf = (message: Message, name: string | null): string => t('chat.messageOf', { name: name ?? t('people.erased'), text: excerptOf(message) });

function Words({ message: { text, entities, media, preview }, onExpired }: { readonly message: Message; readonly onExpired: () => void }) {
  return (
    <>
      {media.length > 0 && <MessageMedia media={media} onExpired={onExpired} />}
      {text === '' && media.length === 0 && <span class="hint">…</span>}
      {text !== null && text !== '' && <MessageText text={text} entities={entities} />}
      {preview !== null && <LinkPreview preview={preview} />}
    </>
  );
}

function Marks({
  message: { editedAt, expiresAt, text },
  onEdits,
  tabIndex,
}: {
  readonly message: Message;
  readonly onEdits: () => void;
  readonly tabIndex: number;
}) {
  if (text === null || (editedAt === null && expiresAt === null)) return null;
  return (
    <span class="marks">
      {editedAt !== null && (
        <button type="button" class="link-like" tabIndex={tabIndex} onClick={onEdits}>
          {t('chat.edited')}
        </button>
      )}
      {expiresAt !== null && (
        <span title={exactText(expiresAt)} aria-label={t('chat.disappearsAt', { time: exactText(expiresAt) })} role="img">
          ⏱
        </span>
      )}
    </span>
  );
}

function NoticeRow({ message: { notice, sender, at }, onJump }: { readonly message: Message; readonly onJump: (seq: number) => void }) {
  const text = notice === null ? undefined : noticeText(notice, sender);
  if (notice === null || text === undefined) return <span data-row />;
  return (
    <p class="notice" title={exactText(at)}>
      <span dir="auto">{text}</span>
      {notice.message !== undefined && (
        <button type="button" class="link-like" onClick={() => onJump(notice.message ?? 0)}>
          {t('chat.goThere')}
        </button>
      )}
    </p>
  );
}

/** Edits, withdrawals and reactions that came to nothing, at the message that they were of. */
function Failures({ seq, outgoing, actions }: { readonly seq: number; readonly outgoing: readonly Outgoing[]; readonly actions: MessageActions }) {
  const own = outgoing.filter(({ frame }) => frame.type !== 'send' && frame.message === seq);
  return (
    <>
      {own.map(({ frame, failure, state }) =>
        failure === undefined ? (
          state === 'queued' &&
          frame.type !== 'react' && (
            <p class="receipt" key={frame.id}>
              {t('chat.changeWaits')}
            </p>
          )
        ) : (
          <p class="undone" role="alert" key={frame.id}>
            {actions.sentenceOf(failure)}{' '}
            <button type="button" class="quiet" onClick={() => actions.retry(frame.id)}>
              {t('app.retry')}
            </button>
            <button type="button" class="quiet" onClick={() => actions.discard(frame.id)}>
              {t('app.discard')}
            </button>
          </p>
        ),
      )}
    </>
  );
}
