using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>A page that shows a report, and everything that went wrong in it.</summary>
public sealed class OpenReport : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private OpenReport(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => Faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Faults.Add(message.Text);
            }
        };
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts and refusals by the content security policy.</summary>
    public List<string> Faults { get; } = [];

    public List<string> Requests { get; } = [];

    /// <summary>The requests that are not the file, nor data that it carries.</summary>
    public IEnumerable<string> Strangers =>
        Requests
            .Where(url =>
                !url.StartsWith("file:", StringComparison.Ordinal)
                && !url.StartsWith("data:", StringComparison.Ordinal)
                && !url.StartsWith("blob:", StringComparison.Ordinal))
            .Concat(
                Requests.Where(url => url.StartsWith("file:", StringComparison.Ordinal)).Skip(1));

    internal static async Task<OpenReport> StartAsync(
        IBrowser browser,
        string address,
        BrowserNewContextOptions? options,
        string? script = null)
    {
        options ??= new()
        {
            ViewportSize = new() { Width = 1280, Height = 900 },
        };
        IBrowserContext context = await browser.NewContextAsync(options);
        if (script is not null)
        {
            await context.AddInitScriptAsync(script);
        }

        var open = new OpenReport(context, await context.NewPageAsync());
        await open.Page.GotoAsync(address);
        if (options.JavaScriptEnabled != false)
        {
            await open.Page.WaitForSelectorAsync("html[data-ready], .wrong");
        }

        // Sections out of sight are drawn meanwhile; a click must not fall between two drawings.
        if (options.JavaScriptEnabled != false && script is null)
        {
            await open.Page.WaitForFunctionAsync(
                "() => performance.getEntriesByName('vt-drawn').length > 0 "
                    + "|| !('ready' in document.documentElement.dataset)");
        }

        return open;
    }

    /// <summary>Waits for a part of the address.</summary>
    public Task AddressAsync(string part) =>
        Assertions.Expect(Page).ToHaveURLAsync(new Regex(Regex.Escape(part)));

    /// <summary>Waits until the address has no such part.</summary>
    public Task NotAddressAsync(string part) =>
        Assertions.Expect(Page).Not.ToHaveURLAsync(new Regex(Regex.Escape(part)));

    /// <summary>That nothing is wider than the window, no token became markup, nothing was asked of
    /// the network and no script failed.</summary>
    public async Task IsTidyAsync()
    {
        Assert.Equal(
            0,
            await Page.EvaluateAsync<int>(
                "() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        await IsHarmlessAsync();
    }

    /// <summary>That no token became markup, nothing was asked of the network and no script
    /// failed.</summary>
    public async Task IsHarmlessAsync()
    {
        Assert.Equal("undefined", await Page.EvaluateAsync<string>("() => typeof window.pwned"));
        Assert.Equal(0, await Page.Locator("main img").CountAsync());
        Assert.Empty(Faults);
        Assert.Empty(Strangers);
    }

    /// <summary>What a section's tool saves, as text.</summary>
    /// <param name="tool"><c>CSV</c> or <c>SVG</c>.</param>
    /// <param name="section">The section's key; null for the only one.</param>
    public async Task<string> SaveAsync(string tool, string? section = null)
    {
        string where = section is null ? "section" : $"section[data-key={section}]";
        IDownload file = await Page.RunAndWaitForDownloadAsync(() =>
            Page.Locator($"{where} .tools button", new() { HasTextString = tool }).ClickAsync());
        return await File.ReadAllTextAsync(
            (await file.PathAsync())!,
            Encoding.UTF8,
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
