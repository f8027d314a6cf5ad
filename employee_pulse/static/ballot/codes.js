// Codes on paper, as codes.py writes them: the last character notices typing errors on this device.
"use strict";

const PulseCodes = (() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const FIELD = 0b100101;
  const timesX = (value) => (value << 1) ^ (value & 16 ? FIELD : 0);

  // The code without hyphens, or null if a character is missing or wrong.
  function read(text, length) {
    const code = text.toUpperCase().replace(/[-\s]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    const values = Array.from(code, (character) => ALPHABET.indexOf(character));
    if (values.length !== length || values.includes(-1)) return null;
    return values.reduce((sum, value) => timesX(sum) ^ value, 0) === 0 ? code : null;
  }

  return { read };
})();
