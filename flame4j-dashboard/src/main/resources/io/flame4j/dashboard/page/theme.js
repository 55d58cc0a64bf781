// Loaded before the page is drawn, so that a chosen theme does not flash up as another one.
'use strict';

(() => {
  const THEMES = ['system', 'light', 'dark'];
  const KEY = 'flame4j-theme';

  // Storage may be forbidden; the choice then lasts as long as the page.
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const store = theme => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // As said above.
    }
  };

  let theme = THEMES.includes(stored()) ? stored() : 'system';

  const apply = () => {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) {
      button.textContent = `Theme: ${theme}`;
    }
  };

  apply();
  document.addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme').addEventListener('click', () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      store(theme);
      apply();
    });
  });
})();
