/** What people of the demo say in chats: conversations, a line for each turn. */
import type { Language } from './cast.ts';
import type { Scene } from '../drawing/scenes.ts';

/** `by`: which of those who talk. `scene`: what its picture shows. `answers`: how many lines before it is what it replies to. */
export type Line = { readonly by: number; readonly text: string; readonly scene?: Scene; readonly answers?: number; readonly reaction?: string };

const line = (by: number, text: string, more: Omit<Line, 'by' | 'text'> = {}): Line => ({ by, text, ...more });

export const CONVERSATIONS: { readonly [Of in Language]: readonly (readonly Line[])[] } = {
  en: [
    [
      line(0, 'Are you on the early boat tomorrow?'),
      line(1, 'The 6:10, yes. Why?'),
      line(0, 'I have a box for the island that can’t wait.'),
      line(1, 'How big is “a box”?', { reaction: '😄' }),
      line(0, 'Two hands. One and a half, really.'),
      line(1, 'Then bring it to the ramp at six. Not ten past.', { answers: 2 }),
      line(0, 'You are a hero. There will be buns.', { reaction: '❤️' }),
    ],
    [
      line(0, 'Look what came out of the oven', { scene: 'bread' }),
      line(1, 'That is criminal. I’m at work until eight.'),
      line(0, 'I’ll hide one behind the flour.'),
      line(1, 'Label it “invoices”.', { reaction: '😂' }),
      line(0, 'Done.'),
      line(0, 'How was the meeting?'),
      line(1, 'Long. They want the bridge to be blue now.', { answers: 1 }),
      line(0, 'Blue is a fine colour for a bridge.'),
      line(1, 'Not if it’s the same blue as the water.'),
    ],
    [
      line(0, 'Did you get home all right?'),
      line(1, 'Soaked, but yes. The umbrella didn’t make it.'),
      line(0, 'May it rest in pieces.', { reaction: '😂' }),
      line(1, 'Thank you for tonight. I needed that.'),
      line(0, 'Any time. Same place next week?'),
      line(1, 'Same place. I choose the film though.'),
      line(0, 'Deal.', { reaction: '👍' }),
    ],
    [
      line(0, 'Quick question: do you still have the long ladder?'),
      line(1, 'Will has it. Or had it. Ask him, he keeps a list.'),
      line(0, 'Of ladders?'),
      line(1, 'Of everything.', { answers: 1, reaction: '😄' }),
      line(0, 'Found it. He made me sign.'),
    ],
    [
      line(0, 'The bay this morning.', { scene: 'boat' }),
      line(1, 'Oh wow. Where were you standing?'),
      line(0, 'On the end of the old pier. Bring boots.'),
      line(1, 'Going there on Saturday then.'),
      line(0, 'Low tide is at seven. Worth it.', { reaction: '🙏' }),
    ],
    [
      line(0, 'I can’t find the key of the rehearsal room.'),
      line(1, 'Second drawer, under the metronome.'),
      line(0, 'There are three metronomes here.'),
      line(1, 'Under the one that works.', { reaction: '😂' }),
      line(0, 'None of them works!'),
      line(1, 'Then all of them. I’m coming.'),
    ],
  ],
  ko: [
    [
      line(0, '내일 아침에 시간 괜찮으세요?'),
      line(1, '네, 아홉 시 이후면 좋아요.'),
      line(0, '그럼 열 시에 책방 앞에서 봬요.'),
      line(1, '좋아요! 커피는 제가 살게요.', { reaction: '❤️' }),
      line(0, '지난번에도 사셨잖아요 ㅋㅋ'),
      line(1, '그럼 빵은 부탁드려요.', { answers: 1 }),
    ],
    [
      line(0, '오늘 찍은 사진 보내드려요', { scene: 'harbour' }),
      line(1, '우와, 색감이 정말 예뻐요!'),
      line(0, '비 온 다음 날이라 공기가 맑았어요.'),
      line(1, '전시회에 꼭 걸어 주세요.', { answers: 2, reaction: '🙏' }),
      line(0, '생각해 볼게요. 부끄럽네요.'),
    ],
    [
      line(0, '오늘 러닝 몇 시에 모여요?'),
      line(1, '일곱 시 등대 앞이요. 비 오면 취소!'),
      line(0, '예보는 맑음이에요.'),
      line(1, '그럼 조금 길게 뛰어 볼까요?'),
      line(0, '10km까지만요… 살살 부탁드립니다.', { reaction: '😂' }),
      line(1, '알겠습니다 ㅎㅎ'),
    ],
    [
      line(0, '고양이 또 왔어요', { scene: 'cat' }),
      line(1, '어제 그 아이 맞죠?'),
      line(0, '네, 이제 아예 문 앞에서 기다려요.'),
      line(1, '이름 지어 줘야겠네요.'),
      line(0, '“외상”이라고 부르고 있어요.', { reaction: '😂' }),
    ],
    [
      line(0, '의자 다 만드셨어요?'),
      line(1, '다리 하나가 조금 짧아요.'),
      line(0, '책 한 권 끼우면 되겠네요 ㅋㅋ', { reaction: '😄' }),
      line(1, '책방에서 두께 맞는 걸로 골라 주세요.'),
    ],
  ],
};

export const GROUP_TALK: { readonly [Of in Language]: readonly (readonly Line[])[] } = {
  en: [
    [
      line(0, 'Thursday at seven, same as always?'),
      line(1, 'Fine with me.', { reaction: '👍' }),
      line(2, 'I’ll be ten minutes late, the ferry.'),
      line(3, 'We know, Callum’s whole boat is late.', { answers: 1, reaction: '😂' }),
      line(0, 'Then we begin with tea.'),
      line(4, 'Best plan of the year.'),
    ],
    [
      line(1, 'Who took the folding chairs?'),
      line(2, 'They are in the shed. Behind the canoe.'),
      line(1, 'Why is there a canoe?'),
      line(0, 'It’s a long story.', { answers: 1 }),
      line(3, 'It’s a short story. It was free.', { reaction: '😂' }),
    ],
    [
      line(3, 'From yesterday. Thank you all for coming!', { scene: 'harbour' }),
      line(0, 'What a day.', { reaction: '❤️' }),
      line(4, 'My legs disagree, but yes.'),
      line(2, 'Same again in spring?'),
      line(1, 'I’m in.', { reaction: '👍' }),
      line(0, 'I put it into the calendar before somebody changes their mind.'),
    ],
    [
      line(2, 'Reminder: fees are due on Friday. It is still the jar.'),
      line(4, 'Can the jar take cards?'),
      line(2, 'The jar takes coins, notes, and apologies.', { answers: 1, reaction: '😂' }),
      line(1, 'Paid in coins. Sorry about the weight.'),
    ],
    [
      line(4, 'Weather for Sunday looks grim.'),
      line(0, 'It looked grim last time, and we got sunburnt.'),
      line(3, 'Bring both coats.'),
      line(1, 'And cake.', { reaction: '❤️' }),
    ],
  ],
  ko: [
    [
      line(0, '이번 주 토요일 일곱 시, 등대 앞에서 만나요!'),
      line(1, '저 갑니다.', { reaction: '👍' }),
      line(2, '조금 늦을 수도 있어요. 먼저 출발하세요.'),
      line(3, '천천히 오세요. 커피 마시고 있을게요.', { answers: 1 }),
      line(0, '끝나고 아침 같이 먹어요.', { reaction: '❤️' }),
    ],
    [
      line(1, '오늘 새벽 코스 사진이에요', { scene: 'sea' }),
      line(2, '해 뜨는 시간 딱 맞추셨네요!'),
      line(0, '다음엔 저도 꼭 갑니다.'),
      line(4, '알람을 세 개 맞춰도 못 일어나요…', { reaction: '😂' }),
      line(1, '제가 전화드릴게요 ㅎㅎ', { answers: 1 }),
    ],
    [
      line(3, '물은 누가 챙기나요?'),
      line(2, '제가 두 상자 가져갈게요.', { reaction: '🙏' }),
      line(3, '감사합니다! 저는 바나나 담당.'),
      line(0, '완벽한 팀이네요.'),
    ],
  ],
};

export type GroupPlan = {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly language: Language;
  readonly scene: Scene;
  readonly members: number;
  readonly talks: number;
};

/** Everybody whose login is printed is in the first four. */
export const GROUPS: readonly GroupPlan[] = [
  {
    key: 'choir',
    title: 'Harbour choir',
    description: 'Rehearsals on Thursdays at seven, in the old boathouse. Bring a pencil.',
    language: 'en',
    scene: 'harbour',
    members: 26,
    talks: 60,
  },
  {
    key: 'running',
    title: '등대 러닝 크루',
    description: '매주 토요일 일곱 시, 등대 앞. 속도는 상관없어요.',
    language: 'ko',
    scene: 'hills',
    members: 18,
    talks: 40,
  },
  {
    key: 'garden',
    title: 'Community garden 🌱',
    description: 'Tools are in the shed, the shed is open, the code is the year of the lighthouse.',
    language: 'en',
    scene: 'garden',
    members: 20,
    talks: 30,
  },
  { key: 'street', title: 'Quay Street neighbours', description: 'Parcels, ladders, lost cats.', language: 'en', scene: 'town', members: 30, talks: 45 },
  { key: 'books', title: '동네 책방 모임', description: '한 달에 한 권, 마지막 주 수요일 저녁.', language: 'ko', scene: 'cat', members: 12, talks: 20 },
  { key: 'sailing', title: 'Sunday sailors', description: 'We go out when the flag on Gull Rock does.', language: 'en', scene: 'boat', members: 11, talks: 25 },
  { key: 'stars', title: 'Clear skies', description: 'If Ruth says it is clear, it is clear.', language: 'en', scene: 'night', members: 9, talks: 12 },
];

export const NEWS: readonly string[] = [
  'The 6:10 ferry leaves from ramp B until further notice.',
  'The market moves to the upper town on Saturday. The harbour road is closed from 7 to 15.',
  'Swimming at the north beach is open again. The water has 14 °C, and so have the swimmers.',
  'The library has longer hours in winter: until 21:00 from Monday to Thursday.',
  'Storm warning for tonight. Double your lines, and take the chairs in.',
  'Thank you: the lighthouse lamp is paid for. Lighting on Friday at dusk.',
];
