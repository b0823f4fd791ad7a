// Strokes in a square of 24.
export const icons = {
  overview: ["M3 17l5-6 4 4 5-8 4 5", "M3 21h18"],
  rooms: ["M6 21V9a6 6 0 0 1 12 0v12", "M3 21h18", "M14.5 13.5v1.5"],
  rules: ["M4 7h9", "M19 7h1", "M4 17h1", "M11 17h9", "M16 4.5v5", "M8 14.5v5"],
  events: ["M4 6h16", "M4 12h10", "M4 18h13"],
  try_it: ["M13 3L5 13.5h6L10 21l9-11.5h-6.5z"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1"],
  out: ["M14 4h-8v16h8", "M11 12h9", "M17 9l3 3-3 3"],
  plus: ["M12 5v14", "M5 12h14"],
  remove: ["M6 6l12 12", "M18 6L6 18"],
} as const;

export type IconName = keyof typeof icons;
