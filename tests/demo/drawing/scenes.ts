/** The pictures of posts and messages: scenes of a harbour town, drawn from a number. */
import { randomFrom, type Random } from '../world/random.ts';

export const SCENES = ['sea', 'harbour', 'hills', 'town', 'night', 'bread', 'garden', 'cat', 'boat'] as const;
export type Scene = (typeof SCENES)[number];
/** `key`: names it beside the other pictures of its owner. */
export type Picture = { readonly key: string; readonly scene: Scene; readonly seed: number };
export const SCENE_SIZE = { width: 1_200, height: 800 } as const;

/** What is to be seen, for those who don't see it. */
export const ALT: { readonly [Name in Scene]: { readonly en: string; readonly ko: string } } = {
  sea: { en: 'The sun low over a calm sea', ko: '잔잔한 바다 위로 낮게 걸린 해' },
  harbour: { en: 'Coloured houses along the quay', ko: '부두를 따라 늘어선 알록달록한 집들' },
  hills: { en: 'Hills behind hills in the haze', ko: '안개 속에 겹겹이 이어지는 언덕' },
  town: { en: 'Roofs of the old town', ko: '오래된 마을의 지붕들' },
  night: { en: 'Lit windows and stars', ko: '불 켜진 창문과 별' },
  bread: { en: 'Three loaves on a board', ko: '도마 위에 놓인 빵 세 덩이' },
  garden: { en: 'Flowers in a garden bed', ko: '꽃밭에 핀 꽃' },
  cat: { en: 'A cat on a window sill', ko: '창가에 앉은 고양이' },
  boat: { en: 'A sailing boat on the water', ko: '물 위의 돛단배' },
};

const SKIES = [
  ['#fde2c4', '#f4a58a'],
  ['#dcefff', '#9cc7ee'],
  ['#f9ead9', '#c3b3e0'],
  ['#fff1cf', '#f7b267'],
  ['#e4f4ef', '#8fc5c0'],
] as const;
const HOUSES = ['#d9634c', '#e8b04a', '#5d8aa8', '#7fa66b', '#b8697d', '#efe2c8', '#8a6fa3'] as const;

export function sceneOf(scene: Scene, seed: number): string {
  const random = randomFrom(Math.imul(seed * SCENES.length + SCENES.indexOf(scene) + 1, 0x9e3779b1));
  const { width, height } = SCENE_SIZE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1200 800">${DRAWN[scene](random)}</svg>`;
}

type Draw = (random: Random) => string;

const skyOf: Draw = ({ pick }) => {
  const [top, low] = pick(SKIES);
  return `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${low}"/></linearGradient></defs><rect width="1200" height="800" fill="url(#sky)"/>`;
};
const waves: Draw = ({ between }) =>
  Array.from({ length: 26 }, () => {
    const [x, y, long] = [between(-40, 1_100), between(500, 780), between(60, 220)];
    return `<path d="M${x} ${y} q${long / 4} -7 ${long / 2} 0 t${long / 2} 0" stroke="#fff" stroke-opacity=".35" stroke-width="4" fill="none"/>`;
  }).join('');
const water = (colour: string, from = 480): string => `<rect y="${from}" width="1200" height="${800 - from}" fill="${colour}"/>`;
const sun: Draw = ({ between }) => `<circle cx="${between(200, 1_000)}" cy="${between(180, 420)}" r="${between(50, 90)}" fill="#fff6dc"/>`;
const ridge = (random: Random, y: number, rough: number, colour: string): string => {
  const tops = Array.from({ length: 9 }, (_, at) => `${at * 150} ${y + random.between(-rough, rough)}`);
  return `<path d="M0 800 L0 ${y} L${tops.join(' L')} L1200 800Z" fill="${colour}" stroke="${colour}" stroke-width="50" stroke-linejoin="round"/>`;
};
const houses = (random: Random, { base, isNight }: { readonly base: number; readonly isNight: boolean }): string => {
  const parts: string[] = [];
  for (let x = -10; x < 1_200;) {
    const [wide, high] = [random.between(90, 150), random.between(150, 310)];
    const [top, wall] = [base - high, isNight ? '#26304a' : random.pick(HOUSES)];
    parts.push(`<rect x="${x}" y="${top}" width="${wide}" height="${high}" fill="${wall}"/>`);
    parts.push(
      `<path d="M${x - 6} ${top} L${x + wide / 2} ${top - random.between(40, 90)} L${x + wide + 6} ${top}Z" fill="${isNight ? '#1a2236' : '#7b4a3c'}"/>`,
    );
    for (let row = top + 26; row < base - 50; row += 62)
      for (let column = x + 18; column < x + wide - 30; column += 42)
        parts.push(
          `<rect x="${column}" y="${row}" width="22" height="32" fill="${isNight && random.chance(0.45) ? '#ffd98a' : isNight ? '#33405f' : '#f6efe2'}"/>`,
        );
    x += wide + random.between(0, 6);
  }
  return parts.join('');
};
const sail = ({ between, pick }: Random, y: number): string => {
  const x = between(250, 850);
  return `<g transform="translate(${x} ${y})"><path d="M-110 0 H120 L84 52 H-78Z" fill="${pick(HOUSES)}"/><rect x="-4" y="-260" width="8" height="262" fill="#5b4636"/><path d="M10 -250 Q120 -120 104 -14 H10Z" fill="#fffaf0"/><path d="M-12 -220 Q-90 -110 -84 -14 H-12Z" fill="#f1e4cf"/></g>`;
};

const DRAWN: { readonly [Name in Scene]: Draw } = {
  sea: (random) => skyOf(random) + sun(random) + water('#5f95b5') + waves(random),
  boat: (random) =>
    skyOf(random) + sun(random) + ridge(random, 470, 40, '#8fa9b8') + water('#4f86a6', 500) + waves(random) + sail(random, random.between(560, 640)),
  harbour: (random) =>
    skyOf(random) +
    houses(random, { base: 560, isNight: false }) +
    '<rect y="556" width="1200" height="34" fill="#8d8577"/>' +
    water('#537f96', 588) +
    waves(random) +
    sail(random, 690),
  town: (random) =>
    skyOf(random) + ridge(random, 420, 60, '#a9bfae') + houses(random, { base: 640, isNight: false }) + houses(random, { base: 810, isNight: false }),
  night: (random) =>
    '<rect width="1200" height="800" fill="#141b2e"/>' +
    Array.from(
      { length: 90 },
      () => `<circle cx="${random.between(0, 1_200)}" cy="${random.between(0, 480)}" r="${random.between(1, 3)}" fill="#fff" opacity=".8"/>`,
    ).join('') +
    `<circle cx="${random.between(150, 1_050)}" cy="150" r="52" fill="#f7efd6"/>` +
    houses(random, { base: 800, isNight: true }),
  hills: (random) =>
    skyOf(random) +
    sun(random) +
    ['#b9cbd6', '#9db8a8', '#7fa283', '#5f8a66', '#47724f'].map((colour, at) => ridge(random, 380 + at * 85, 70, colour)).join(''),
  bread: (random) =>
    '<rect width="1200" height="800" fill="#e9ddc9"/><rect x="110" y="470" width="980" height="240" rx="30" fill="#b98d5d"/>' +
    [300, 600, 900]
      .map((x) => {
        const y = 480 + random.between(-20, 20);
        const cuts = [-70, 0, 70]
          .map((dx) => `<path d="M${x + dx - 26} ${y - 70} q30 30 18 90" stroke="#f3d9ac" stroke-width="12" fill="none" stroke-linecap="round"/>`)
          .join('');
        return `<ellipse cx="${x}" cy="${y}" rx="165" ry="120" fill="${random.pick(['#b9743a', '#a8642e', '#c98646'])}"/><ellipse cx="${x - 20}" cy="${y - 35}" rx="120" ry="66" fill="#fff" opacity=".12"/>${cuts}`;
      })
      .join(''),
  garden: (random) =>
    skyOf(random) +
    '<rect y="420" width="1200" height="380" fill="#6f9a5d"/>' +
    Array.from({ length: 60 }, () => {
      const [x, y, size] = [random.between(20, 1_180), random.between(400, 780), random.between(10, 26)];
      const petals = [0, 72, 144, 216, 288]
        .map((turn) => `<ellipse cx="0" cy="${-size}" rx="${size * 0.6}" ry="${size}" transform="rotate(${turn})"/>`)
        .join('');
      return `<path d="M${x} ${y} V${y + 90}" stroke="#3f6b3a" stroke-width="6"/><g transform="translate(${x} ${y})" fill="${random.pick(HOUSES)}">${petals}</g><circle cx="${x}" cy="${y}" r="${size * 0.5}" fill="#f7dc8a"/>`;
    }).join(''),
  cat: (random) => {
    const fur = random.pick(['#3b3734', '#c98746', '#8d8d93', '#efe6da']);
    return (
      skyOf(random) +
      ridge(random, 430, 50, '#a8c0b0') +
      '<path d="M0 0H1200V800H0Z M90 70V640H570V70Z M630 70V640H1110V70Z" fill="#efe7da" fill-rule="evenodd"/><rect y="640" width="1200" height="160" fill="#c9b391"/>' +
      `<g transform="translate(${random.between(420, 760)} 640)" fill="${fur}"><path d="M-110 20 Q-130 -190 0 -220 Q130 -190 110 20Z"/><circle cx="0" cy="-260" r="82"/><path d="M-76 -290 L-64 -380 L-8 -330Z M76 -290 L64 -380 L8 -330Z"/><path d="M100 0 Q220 -10 210 -130" stroke="${fur}" stroke-width="34" fill="none" stroke-linecap="round"/><circle cx="-30" cy="-268" r="12" fill="#f2d35e"/><circle cx="30" cy="-268" r="12" fill="#f2d35e"/><path d="M-12 -238 h24 l-12 12Z" fill="#d88"/></g>`
    );
  },
};
