/** What a message's menu opens: reactions, earlier words, who has it, reports, and whether it is really to be withdrawn. */
import { useSignal, type Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Message } from '../../../client/index.ts';
import { failureText, session } from '../../app/session.ts';
import { lazy } from '../../parts/lazy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { problemText, t } from '../../text/text.ts';
import { beginEdit, beginReply } from '../compose/drafts.ts';
import { say } from '../said.ts';
import type { ChannelFacts, Opened } from '../open-channel.ts';
import type { MessageActions } from './message-actions.ts';
import { selectedQuote } from './selected-quote.ts';

const EmojiPicker = lazy(async () => (await import('./emoji-picker.tsx')).EmojiPicker);
const EditsDialog = lazy(async () => (await import('./look-dialogs.tsx')).EditsDialog);
const ReceiptsDialog = lazy(async () => (await import('./look-dialogs.tsx')).ReceiptsDialog);
const ReportDialog = lazy(async () => (await import('../../people/report-dialog.tsx')).ReportDialog);

type OpenDialog = { readonly kind: 'emoji' | 'edits' | 'receipts' | 'report' | 'withdraw'; readonly message: Message };

export function useMessageActions(opened: Opened, facts: ChannelFacts, jump: (seq: number) => void) {
  const dialog = useSignal<OpenDialog | undefined>(undefined);
  const actions = useMemo((): MessageActions => {
    const chat = session.value?.tidings.chat;
    const channel = () => opened.channel();
    const show = (kind: OpenDialog['kind']) => (message: Message) => (dialog.value = { kind, message });
    return {
      channel: opened.id,
      jump,
      refresh: (seq) => void channel()?.refresh(seq).catch(failureText),
      react: (message, emoji, change) => void channel()?.react(message.seq, emoji, change),
      pickEmoji: show('emoji'),
      reply: (message) => beginReply(opened.id, message, selectedQuote(message)),
      edit: (message) => beginEdit(opened.id, message),
      withdraw: show('withdraw'),
      pin: (message) => void pin(opened.id, message.seq),
      copyText: (message) => void navigator.clipboard?.writeText(message.text ?? ''),
      copyLink: (message) => void navigator.clipboard?.writeText(`${location.origin}/chat/${opened.id}/${message.seq}`),
      showEdits: show('edits'),
      showReceipts: show('receipts'),
      report: show('report'),
      retry: (id) => void chat?.retry(id),
      discard: (id) => void chat?.discard(id),
      sentenceOf: ({ code, detail }) => problemText(code, detail),
    };
  }, [opened, facts.kind]);
  return { actions, dialog };
}

async function pin(channel: string, message: number): Promise<void> {
  try {
    await session.value?.tidings.write.PUT('/v1/channels/{channel}/pins/{message}', { params: { path: { channel, message } } });
  } catch (error) {
    say(failureText(error));
  }
}

type MessageDialogsProps = { readonly dialog: Signal<OpenDialog | undefined>; readonly actions: MessageActions; readonly opened: Opened };

export function MessageDialogs({ dialog, actions, opened }: MessageDialogsProps) {
  const channel = opened.id;
  const open = dialog.value;
  const close = () => (dialog.value = undefined);
  if (open === undefined) return null;
  const { message } = open;
  switch (open.kind) {
    case 'emoji':
      return <EmojiPicker onChoose={(emoji) => actions.react(message, emoji, 'added')} onClose={close} />;
    case 'edits':
      return <EditsDialog channel={channel} message={message} onClose={close} />;
    case 'receipts':
      return <ReceiptsDialog opened={opened} seq={message.seq} onClose={close} />;
    case 'report':
      return <ReportDialog subject={{ kind: 'message', channel, message: message.seq }} onClose={close} />;
    case 'withdraw':
      return <WithdrawDialog channel={channel} message={message} onClose={close} />;
  }
}

function WithdrawDialog({ channel, message, onClose }: { readonly channel: string; readonly message: Message; readonly onClose: () => void }) {
  const withdraw = async () => {
    onClose();
    const open = await session.value?.tidings.chat.channel(channel);
    await open?.withdraw(message.seq);
  };
  return (
    <Dialog title={t('chat.withdrawTitle')} onClose={onClose}>
      <p>{t('chat.withdrawHint')}</p>
      <p class="dialog-actions">
        <button type="button" class="primary" onClick={() => void withdraw()}>
          {t('chat.withdraw')}
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          {t('chat.cancel')}
        </button>
      </p>
    </Dialog>
  );
}
