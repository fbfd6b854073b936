/** What people of the demo write in the feed: sentences with gaps, which are filled differently each time. */
import type { Language } from './cast.ts';
import type { Random } from './random.ts';
import type { Scene } from '../drawing/scenes.ts';

/** `scenes`: what a picture beside it may show. */
type Theme = { readonly scenes: readonly Scene[]; readonly texts: readonly string[] };

const GAPS: { readonly [Of in Language]: Readonly<Record<string, readonly string[]>> } = {
  en: {
    place: [
      'the old pier',
      'Quay Street',
      'the lighthouse',
      'the north beach',
      'the market',
      'Gull Rock',
      'the upper town',
      'the botanical garden',
      'platform 2',
    ],
    time: ['before breakfast', 'at six this morning', 'after the rain', 'on the last ferry', 'all afternoon', 'until it got dark', 'between two showers'],
    food: ['rye with caraway', 'sourdough number 214', 'a lemon tart', 'fennel soup', 'cardamom buns', 'the good olives', 'a fish pie for eight'],
    thing: [
      'a borrowed ladder',
      'my grandfather’s compass',
      'three missing screws',
      'a very patient dog',
      'a thermos of tea',
      'the wrong key',
      'a map from 1974',
    ],
    who: ['my neighbour', 'a stranger with a cello', 'the whole choir', 'somebody’s uncle', 'two seals', 'the harbour master', 'a school class'],
    day: ['Monday', 'Tuesday', 'Thursday', 'Saturday', 'Sunday'],
  },
  ko: {
    place: ['방파제 끝', '등대 아래', '북쪽 해변', '시장 골목', '언덕 위 마을', '식물원', '항구 앞 카페', '오래된 역'],
    time: ['해 뜨기 전', '퇴근길', '비 그친 뒤', '점심시간', '주말 아침', '늦은 밤', '첫 배를 기다리며'],
    food: ['호밀빵', '감자 수제비', '레몬 케이크', '김치전', '단팥빵', '미역국', '드립 커피', '토마토 파스타'],
    thing: ['낡은 자전거', '할머니의 나침반', '빌린 사다리', '보온병', '필름 카메라', '1974년 지도'],
    who: ['이웃집 할아버지', '합창단 전체', '모르는 강아지', '옆자리 손님', '물개 두 마리', '동네 아이들'],
    day: ['월요일', '화요일', '목요일', '토요일', '일요일'],
  },
};

const THEMES: { readonly [Of in Language]: readonly Theme[] } = {
  en: [
    {
      scenes: ['sea', 'boat', 'harbour'],
      texts: [
        'Flat calm at {place} {time}. You could hear {who} from the other side of the bay.',
        'Went out {time} with {thing} and no plan. Best decision of the week.',
        'The water at {place} was the colour of slate today. No filter, no wind, no complaints.',
        'Somebody left {thing} on the ferry. It is at the ticket office, and it is lonely.',
        'Crossing is bumpy on {day}. Hold on to {thing}.',
      ],
    },
    {
      scenes: ['bread', 'bread', 'town'],
      texts: [
        'Made {food} {time}. There is some left, if you are quick.',
        'Today’s experiment: {food}. Verdict of {who}: “again, please”.',
        'I said I’d stop at one. Then there was {food}.',
        'Recipe swap on {day}! I bring {food}, you bring patience.',
        'If it smells of {food} around {place}, that was me.',
      ],
    },
    {
      scenes: ['garden', 'hills', 'cat'],
      texts: [
        'The first tomatoes! Counted them twice, {time}, with {who} as witness.',
        'Walked from {place} to the top and back {time}. My knees have opinions.',
        'Planted forty bulbs and found {thing}. Fair trade.',
        'The cat sat in the window {time} and judged {who}.',
        'Everything at {place} decided to bloom at once. #garden',
      ],
    },
    {
      scenes: ['town', 'night', 'harbour'],
      texts: [
        'Met {who} at {place} {time}. We talked for an hour, and I still don’t know the name.',
        'Power cut in the upper town. Candles, {food}, and more stars than I remembered.',
        'Does anybody still have {thing}? I lent it out in spring and forgot to whom.',
        'New on my walk home: {who}, playing at {place}. Stopped for three songs.',
        'Rehearsal moved to {day}. Bring a pencil, and {food} if you must. #choir',
      ],
    },
    {
      scenes: ['sea', 'night', 'hills'],
      texts: [
        'Finished the book {time}. Now I need somebody to be sad with.',
        'Fixed it with {thing}. Nobody ask how.',
        'Small victory of the day: {place} in under forty minutes, {time}. #running',
        'Rain again. {who} did not mind, so neither did I.',
        'Three things I learned this week: knots, humility, and how to carry {thing}.',
        'Looking for hands on {day}: we carry chairs from {place}, and eat {food} afterwards.',
      ],
    },
  ],
  ko: [
    {
      scenes: ['sea', 'boat', 'harbour'],
      texts: [
        '{time} {place}에서 찍은 한 장. 바람도 파도도 조용했어요.',
        '오늘 바다색이 정말 좋네요. {place} 추천합니다.',
        '{time}, {thing} 하나 들고 산책. 아무 계획 없는 날이 제일 좋아요. #산책',
        '{place} 앞에서 {who} 만남. 한참을 웃었습니다.',
      ],
    },
    {
      scenes: ['bread', 'town'],
      texts: [
        '{time} 만든 {food}. 조금 남았으니 먼저 오시는 분께 드려요!',
        '이번 주의 실험: {food}. 결과는 대성공.',
        '하나만 먹으려고 했는데… {food} 앞에서는 늘 지네요.',
        '{day} 저녁에 {food} 같이 만드실 분? 재료는 제가 준비할게요.',
      ],
    },
    {
      scenes: ['cat', 'garden', 'hills'],
      texts: [
        '옥상 텃밭 첫 토마토! 두 번 세어 봤습니다.',
        '골목 고양이가 오늘도 같은 자리에. {time} 출석 확인 완료. #고양이',
        '{place} 근처에 꽃이 한꺼번에 피었어요. 주말에 꼭 가 보세요.',
        '{time} 뒷산 왕복. 무릎이 할 말이 많은 것 같습니다.',
      ],
    },
    {
      scenes: ['night', 'town', 'sea'],
      texts: [
        '{time} 책 한 권 다 읽음. 같이 이야기할 사람 구합니다.',
        '혹시 {thing} 빌려 가신 분? 봄에 빌려드린 것 같은데 기억이 안 나요.',
        '{day} 연습 시간 바뀌었습니다. 연필 꼭 챙겨 오세요. #합창단',
        '{time} 10km 완주. 페이스는 비밀입니다. #러닝',
        '비가 와서 창가에 앉아 {food} 한 입. 이런 날도 필요하죠.',
      ],
    },
  ],
};

const REPLIES: { readonly [Of in Language]: readonly string[] } = {
  en: [
    'This made my morning.',
    'Save me a piece!',
    'I was there ten minutes later. Missed it.',
    'Same here, every single time.',
    'Count me in.',
    'You should put this on a postcard.',
    'How long did it take?',
    'My grandmother would approve.',
    'I have two of those, you can have one.',
    'Next time wake me up!',
    'That light, though.',
    'Proof that you do get up early.',
    'I’ll bring the tea.',
    'Ask Will, he knows everybody’s ladder.',
    'Ha! I heard about this from three people already.',
    'So good to read this today.',
  ],
  ko: [
    '와, 사진 정말 좋아요.',
    '저도 갈래요!',
    '다음엔 꼭 같이 가요.',
    '한 조각만 남겨 주세요…',
    '오늘 하루 피로가 풀리네요.',
    '저도 방금 지나갔는데 못 봤어요!',
    '몇 시쯤이었어요?',
    '역시 부지런하시네요.',
    'ㅋㅋㅋ 완전 공감합니다.',
    '엽서로 만들어 주세요!',
    '이번 주말에 시간 되세요?',
    '덕분에 힘이 납니다.',
  ],
};

export type Written = { readonly text: string; readonly scenes: readonly Scene[] };

const TRIES_MAX = 20;

/** One that nobody has said, as far as that can be found. */
export function writePost(language: Language, random: Random, said: ReadonlySet<string>): Written {
  for (let tries = 1; ; tries += 1) {
    const { scenes, texts } = random.pick(THEMES[language]);
    const filled = random.pick(texts).replace(/\{(\w+)\}/g, (_, gap: string) => random.pick(GAPS[language][gap] ?? []));
    const text = filled.replace(/^./u, (first) => first.toUpperCase());
    if (!said.has(text) || tries === TRIES_MAX) return { text, scenes };
  }
}

/** Each reply once, before one comes again. */
export function replyWriter(language: Language, random: Random): () => string {
  let left: string[] = [];
  return () => {
    if (left.length === 0) left = [...random.some(REPLIES[language], REPLIES[language].length)];
    return left.pop() ?? '';
  };
}
