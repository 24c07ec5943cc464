"""Notebook 7 has the same panel, and dashboards in tabs of the browser."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Lab, serve
from tests.browser.driving import (
    KERNEL_IS_READY,
    LAB_IS_READY,
    open_panel,
    recorded_run,
    run_cell,
    write_notebook,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Notebook says so of its own: 7.6 of its settings, 7.2 of a notebook without a checkpoint.
OF_NOTEBOOK = (
    "Cannot read properties of undefined (reading 'schema')",
    "Cannot read properties of undefined (reading 'last_modified')",
)


@pytest.fixture(scope="module")
def notebook7(tmp_path_factory) -> Iterator[Lab]:
    pytest.importorskip("notebook")
    root = tmp_path_factory.mktemp("notebook7")
    yield from serve(root, "notebook", "--JupyterNotebookApp.expose_app_in_browser=True")


@pytest.mark.expects_page_error(*OF_NOTEBOOK)
def test_the_panel_the_magics_and_a_dashboard(page, notebook7):
    runs = [recorded_run(notebook7.work / "runs", name) for name in ("first", "second")]
    write_notebook(notebook7.work / "watch.ipynb", "%load_ext multigan", "%multigan watch 1")
    page.goto(notebook7.address("notebooks/watch.ipynb", ""))
    page.wait_for_function(LAB_IS_READY)
    page.wait_for_function(KERNEL_IS_READY)
    run_cell(page, 0)
    run_cell(page, 1)
    page.locator(".mg-dashboard").wait_for()
    panel = open_panel(page)
    panel.get_by_role("button", name=runs[0].name).click()
    with page.context.expect_page() as opened:
        panel.get_by_role("button", name="Open dashboard").click()
    opened.value.locator(".mgl-main svg polyline").first.wait_for()
    for run in runs:
        panel.get_by_role("checkbox", name=f"Choose {run.name} to compare").check()
    panel.get_by_role("button", name="Compare 2").click()
    page.locator(".mgl-dialog [data-title='generator/adversarial'] polyline").nth(1).wait_for()
