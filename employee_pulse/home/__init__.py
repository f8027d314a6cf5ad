"""The first screens: landing page, dashboard, navigation, the page of all components, health."""
