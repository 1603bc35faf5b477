using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>What hands do on the map: mouse, fingers, keys.</summary>
public class GestureTests(Chromium chromium)
{
    private const string Overlay = "() => document.querySelector('.stage svg').outerHTML";

    private static readonly BrowserNewContextOptions Phone = new()
    {
        ViewportSize = new() { Width = 390, Height = 844 },
        HasTouch = true,
        IsMobile = true,
    };

    private static int Points => Experiment.Small().Analysis.Maps[0].Ids.Length;

    [Fact]
    public async Task AMouseDrawsALassoAfterItsButtonAndClearsIt()
    {
        await using OpenReport open = await OpenMapAsync();
        LocatorBoundingBoxResult box = await StageAsync(open);
        ILocator button = open.Page.Locator("vt-embedding-map [aria-label='draw a lasso']");
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        float half = box.Width / 2;
        await open.Page.Mouse.MoveAsync(box.X + 2, box.Y + 2);
        await open.Page.Mouse.DownAsync();
        foreach ((float x, float y) in ((float, float)[])
            [(half, 2), (half, box.Height - 2), (2, box.Height - 2)])
        {
            await open.Page.Mouse.MoveAsync(box.X + x, box.Y + y, new() { Steps = 6 });
        }

        await open.Page.Mouse.UpAsync();
        await Assertions.Expect(open.Page.Locator(".held")).ToContainTextAsync("In the lasso");
        Assert.InRange(await HeldAsync(open), 1, Points - 1);
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        await open.Page.Locator(".held button", new() { HasText = "clear" }).ClickAsync();
        await Assertions.Expect(open.Page.Locator(".held")).ToBeEmptyAsync();
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AMouseZoomsPansAndADoubleClickResets()
    {
        await using OpenReport open = await OpenMapAsync();
        LocatorBoundingBoxResult box = await StageAsync(open);
        string start = await open.Page.EvaluateAsync<string>(Overlay);
        await open.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await open.Page.Mouse.WheelAsync(0, -500);
        string zoomed = await ChangedAsync(open, start);
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(
            box.X + (box.Width / 2) + 60, box.Y + (box.Height / 2) + 40, new() { Steps = 4 });
        await open.Page.Mouse.UpAsync();
        await ChangedAsync(open, zoomed);
        await Assertions.Expect(open.Page.Locator(".held")).ToBeEmptyAsync();
        await open.Page.Mouse.DblClickAsync(box.X + 3, box.Y + 3);
        await open.Page.Mouse.MoveAsync(1, 1);
        await BecomesAsync(open, start);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task KeysMoveZoomAndReset()
    {
        await using OpenReport open = await OpenMapAsync();
        await StageAsync(open);
        string start = await open.Page.EvaluateAsync<string>(Overlay);
        await open.Page.Locator("vt-embedding-map .stage").FocusAsync();
        await open.Page.Keyboard.PressAsync("+");
        await ChangedAsync(open, start);
        await open.Page.Keyboard.PressAsync("0");
        await BecomesAsync(open, start);
        ILocator spoken = open.Page.Locator("vt-embedding-map .spoken");
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(spoken).ToContainTextAsync("times");
        string first = await spoken.InnerTextAsync();
        foreach (string arrow in (string[])["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"])
        {
            await open.Page.Keyboard.PressAsync(arrow);
        }

        await open.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(spoken).Not.ToHaveTextAsync(first);
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("token=");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AFingerThatHoldsStillFirstDrawsALasso()
    {
        await using OpenReport open = await OpenMapAsync(Phone);
        LocatorBoundingBoxResult box = await StageAsync(open);
        ICDPSession hand = await open.Page.Context.NewCDPSessionAsync(open.Page);
        double scrolled = await open.Page.EvaluateAsync<double>("() => scrollY");
        await TouchAsync(hand, "touchStart", (box.X + 3, box.Y + 3));
        await Task.Delay(600, TestContext.Current.CancellationToken);
        (float X, float Y)[] corners =
            [(3, 3), (box.Width - 3, 3), (box.Width - 3, box.Height - 3), (3, box.Height - 3)];
        for (int corner = 1; corner < corners.Length; corner++)
        {
            for (int part = 1; part <= 6; part++)
            {
                ((float x0, float y0), (float x1, float y1)) =
                    (corners[corner - 1], corners[corner]);
                await TouchAsync(
                    hand, "touchMove",
                    (box.X + x0 + ((x1 - x0) * part / 6), box.Y + y0 + ((y1 - y0) * part / 6)));
            }
        }

        await TouchAsync(hand, "touchEnd");
        await Assertions.Expect(open.Page.Locator(".held")).ToContainTextAsync("In the lasso");
        Assert.Equal(Points, await HeldAsync(open));
        Assert.Equal(scrolled, await open.Page.EvaluateAsync<double>("() => scrollY"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TwoFingersZoomTheMapNotThePage()
    {
        await using OpenReport open = await OpenMapAsync(Phone);
        LocatorBoundingBoxResult box = await StageAsync(open);
        ICDPSession hand = await open.Page.Context.NewCDPSessionAsync(open.Page);
        string start = await open.Page.EvaluateAsync<string>(Overlay);
        (float x, float y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await TouchAsync(hand, "touchStart", (x - 20, y), (x + 20, y));
        for (int apart = 30; apart <= 90; apart += 10)
        {
            await TouchAsync(hand, "touchMove", (x - apart, y), (x + apart, y));
        }

        await TouchAsync(hand, "touchEnd");
        await ChangedAsync(open, start);
        Assert.Equal(1, await open.Page.EvaluateAsync<double>("() => visualViewport.scale"));
        await Assertions.Expect(open.Page.Locator(".held")).ToBeEmptyAsync();
        await open.Page.Locator("vt-embedding-map [aria-label='reset the view']").ClickAsync();
        await BecomesAsync(open, start);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task OneFingerScrollsThePage()
    {
        await using OpenReport open = await OpenMapAsync(Phone);
        LocatorBoundingBoxResult box = await StageAsync(open);
        ICDPSession hand = await open.Page.Context.NewCDPSessionAsync(open.Page);
        string start = await open.Page.EvaluateAsync<string>(Overlay);
        double scrolled = await open.Page.EvaluateAsync<double>("() => scrollY");
        (float x, float y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await TouchAsync(hand, "touchStart", (x, y));
        for (int moved = 10; moved <= 150; moved += 10)
        {
            await TouchAsync(hand, "touchMove", (x, y - moved));
        }

        await TouchAsync(hand, "touchEnd");
        await open.Page.WaitForFunctionAsync("before => scrollY > before + 50", scrolled);
        await Assertions.Expect(open.Page.Locator(".held")).ToBeEmptyAsync();
        Assert.Equal(start, await open.Page.EvaluateAsync<string>(Overlay));
        Assert.Empty(open.Faults);
    }

    private Task<OpenReport> OpenMapAsync(BrowserNewContextOptions? options = null) =>
        chromium.OpenAsync("small", Experiment.Small, "#/0-layer/map?map=pca", options);

    /// <summary>Waits for the drawn map and brings all of it into view.</summary>
    private static async Task<LocatorBoundingBoxResult> StageAsync(OpenReport open)
    {
        await open.Page.Locator(".stage svg").WaitForAsync();
        ILocator stage = open.Page.Locator("vt-embedding-map .stage");
        await stage.EvaluateAsync("stage => stage.scrollIntoView({ block: 'center', behavior: "
            + "'instant' })");
        await open.Page.EvaluateAsync(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        return (await stage.BoundingBoxAsync())!;
    }

    private static async Task<string> ChangedAsync(OpenReport open, string before)
    {
        await open.Page.WaitForFunctionAsync(
            "before => document.querySelector('.stage svg').outerHTML !== before", before);
        return await open.Page.EvaluateAsync<string>(Overlay);
    }

    private static Task BecomesAsync(OpenReport open, string wanted) =>
        open.Page.WaitForFunctionAsync(
            "wanted => document.querySelector('.stage svg').outerHTML === wanted", wanted);

    private static async Task<int> HeldAsync(OpenReport open) =>
        int.Parse((await open.Page.Locator(".held strong").InnerTextAsync()).Split(' ')[0]);

    private static Task TouchAsync(
        ICDPSession hand, string type, params (float X, float Y)[] fingers) =>
        hand.SendAsync(
            "Input.dispatchTouchEvent",
            new()
            {
                ["type"] = type,
                ["touchPoints"] = fingers
                    .Select((finger, id) => new { x = finger.X, y = finger.Y, id })
                    .ToArray(),
            });
}
