// What every page can do: appearance, dialogs, copying, kept input, filtered tables.
import { startCopy } from "./modules/copy.js";
import { startDialogs } from "./modules/dialog.js";
import { keepTyped } from "./modules/keep-typed.js";
import { startTableFilters } from "./modules/table-filter.js";
import { startThemeSwitch } from "./modules/theme-switch.js";

startThemeSwitch();
startDialogs();
startCopy();
keepTyped();
startTableFilters();
document.querySelector("[data-focus]")?.focus();
