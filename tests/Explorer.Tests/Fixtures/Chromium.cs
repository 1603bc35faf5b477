using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>The Chromium that is installed on this machine; none is ever downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] UsualPaths =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private static readonly string[] Arguments =
    [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-report-").FullName;
    private readonly Dictionary<string, string> _reports = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable { get; } =
        new[] { Environment.GetEnvironmentVariable("VITRINE_CHROMIUM") }
            .Concat(UsualPaths)
            .FirstOrDefault(File.Exists);

    public ValueTask InitializeAsync()
    {
        // A loaded machine takes longer to draw than the five seconds that are allowed by default.
        Assertions.SetDefaultExpectTimeout(20_000);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a report once and opens it in a page of its own.</summary>
    internal Task<OpenReport> OpenAsync(
        string name,
        Func<ZeroLayerReport> report,
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        OpenAsync(name, path => Report.Write(path, ZeroLayerPage.Of(report())), hash, options);

    /// <summary>Writes a page of sections once and opens it.</summary>
    internal Task<OpenReport> OpenPageAsync(
        string name,
        Func<ReportPage> page,
        string hash = "",
        BrowserNewContextOptions? options = null,
        string? script = null) =>
        OpenAsync("page-" + name, path => Report.Write(path, page()), hash, options, script);

    private async Task<OpenReport> OpenAsync(
        string name,
        Action<string> write,
        string hash,
        BrowserNewContextOptions? options,
        string? script = null)
    {
        Assert.SkipWhen(
            Executable is null,
            "Browser test: no Chromium was found (set VITRINE_CHROMIUM to its path).");
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Executable, Args = Arguments });
            if (!_reports.ContainsKey(name))
            {
                string path = Path.Combine(_folder, name + ".html");
                write(path);
                _reports.Add(name, path);
            }
        }
        finally
        {
            _starting.Release();
        }

        return await OpenReport.StartAsync(
            _browser,
            new Uri(_reports[name]).AbsoluteUri + hash,
            options,
            script);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
