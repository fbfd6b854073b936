/** The channels, and the one that is open beside them; on a narrow screen either of the two. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { goTo } from '../app/routes.ts';
import { Icon } from '../parts/icon.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Menu } from '../parts/menu.tsx';
import { t } from '../text/text.ts';
import { ChannelList } from './channel-list.tsx';
import { ChannelPane } from './channel-pane.tsx';
import { NARROW_PX } from './panel.tsx';
import { said } from './said.ts';

const SearchPanel = lazy(async () => (await import('./find/search-panel.tsx')).SearchPanel);
const MentionsPanel = lazy(async () => (await import('./find/mentions-panel.tsx')).MentionsPanel);
const ScheduledPanel = lazy(async () => (await import('./find/scheduled-panel.tsx')).ScheduledPanel);
const NewGroupDialog = lazy(async () => (await import('./groups/new-group-dialog.tsx')).NewGroupDialog);
const Switcher = lazy(async () => (await import('./find/switcher.tsx')).Switcher);

type Shown = 'search' | 'mentions' | 'scheduled' | 'new-group' | 'switcher';

/** `id`: of a channel, with the seq of a message behind it where that is to be shown. */
export function ChatPage({ id }: { readonly id: string | undefined }) {
  const shown = useSignal<Shown | undefined>(undefined);
  const [channel, seq] = id?.split('/') ?? [];
  const at = seq === undefined ? undefined : Number(seq);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      shown.value = 'switcher';
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const close = () => (shown.value = undefined);
  const show = (to: string, message: number) => {
    if (innerWidth < NARROW_PX) close();
    goTo(`/chat/${to}/${message}`);
  };
  const hasPanel = shown.value === 'search' || shown.value === 'mentions' || shown.value === 'scheduled';
  return (
    <div class={['chat', channel === undefined ? '' : 'chat-open', hasPanel ? 'chat-panel' : ''].filter(Boolean).join(' ')}>
      <nav class="channels" aria-label={t('chat.channels')}>
        <header class="channels-head">
          {channel === undefined ? <h1 tabIndex={-1}>{t('chat.title')}</h1> : <p class="channels-title">{t('chat.title')}</p>}
          <button type="button" class="bare" aria-label={t('chat.searchAll')} title={t('chat.searchAll')} onClick={() => (shown.value = 'search')}>
            <Icon name="search" />
          </button>
          <Menu
            label={t('chat.more')}
            class="bare"
            items={() => [
              { text: t('chat.newGroup'), onChoose: () => (shown.value = 'new-group') },
              { text: t('chat.switch'), onChoose: () => (shown.value = 'switcher') },
              { text: t('chat.mentions'), onChoose: () => (shown.value = 'mentions') },
              { text: t('chat.scheduled'), onChoose: () => (shown.value = 'scheduled') },
            ]}
          >
            <Icon name="add" />
          </Menu>
        </header>
        <ChannelList openId={channel} />
      </nav>
      {channel === undefined ? (
        <div class="choose">
          <p>{t('chat.choose')}</p>
          <p class="said" role="status">
            {said}
          </p>
        </div>
      ) : (
        <ChannelPane id={channel} at={at} key={channel} />
      )}
      {shown.value === 'search' && <SearchPanel onFound={show} onClose={close} />}
      {shown.value === 'mentions' && <MentionsPanel onFound={show} onClose={close} />}
      {shown.value === 'scheduled' && <ScheduledPanel onClose={close} />}
      {shown.value === 'new-group' && <NewGroupDialog onClose={close} />}
      {shown.value === 'switcher' && <Switcher onClose={close} />}
    </div>
  );
}
