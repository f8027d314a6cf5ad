// Asks for the sheet while the rest of the page is still on its way: no style or font holds it up.
"use strict";

globalThis.earlySheet = fetch(`${location.pathname}/sheet.json`, { credentials: "omit", cache: "no-store" }).catch(() => null);
