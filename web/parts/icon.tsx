/** Small drawings beside words, or in place of them where the words are for who doesn't see: they say nothing by themselves. */
const PATHS = {
  reply: 'M21 12a8 8 0 0 1-11.6 7.1L4 20l1-5A8 8 0 1 1 21 12Z',
  share: 'M7 7h9a3 3 0 0 1 3 3v3M10 4 7 7l3 3M17 17H8a3 3 0 0 1-3-3v-3M14 20l3-3-3-3',
  like: 'M12 20.5C6 16 3 12.8 3 9a4.8 4.8 0 0 1 9-2.4A4.8 4.8 0 0 1 21 9c0 3.8-3 7-9 11.5Z',
  react: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5a4 4 0 0 0 7 0M9 9.5v.5M15 9.5v.5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5',
  attach: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.5 17a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6',
  add: 'M12 5v14M5 12h14',
  down: 'M12 5v14M6 13l6 6 6-6',
  more: 'M6 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0ZM13 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0ZM20 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z',
  picture: 'M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2',
  close: 'M6 6l12 12M18 6 6 18',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  mic: 'M12 15a3 3 0 0 0 3-3V6a3 3 0 1 0-6 0v6a3 3 0 0 0 3 3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M9 21h6',
  stop: 'M7 7h10v10H7Z',
  play: 'M8 5.5v13l11-6.5Z',
  pin: 'M9 4h6l-1 6 3 3H7l3-3ZM12 13v7',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4ZM10 21h4',
  settings: 'M4 7h9M4 17h2M12 17h8M18 7h2M18 7a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0M11 17a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.5h.01',
  shield: 'M12 3l8 3v6c0 4.5-3.4 7.6-8 9-4.6-1.4-8-4.5-8-9V6ZM9 12l2 2 4-4',
  flag: 'M6 21V4h12l-2.5 4L18 12H6',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4 20h16',
  app: 'M4 4h7v7H4ZM13 4h7v7h-7ZM4 13h7v7H4ZM13 13h7v7h-7Z',
  chat: 'M4 5h16v11H10l-5 4v-4H4Z',
  feed: 'M4 5h16M4 10h16M4 15h10M4 20h10',
} as const;

export const Icon = ({ name, filled = false }: { readonly name: keyof typeof PATHS; readonly filled?: boolean }) => (
  <svg class={filled ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);
