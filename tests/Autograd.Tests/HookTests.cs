using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public sealed class HookTests : IDisposable
{
    private readonly Parameter _w = new("w", Tensor.From<float>(1, 2, 3));

    public void Dispose() => _w.Dispose();

    [Fact]
    public void AHookSeesTheWholeGradientOnce()
    {
        using var tape = new Tape();
        Var y = tape.Square(_w);
        var seen = new List<float[]>();
        y.OnGradient(gradient => seen.Add(gradient.ToArray()));
        tape.Backward(tape.Sum(tape.Add(tape.Scale(y, 2), tape.Scale(y, 3))));
        Assert.Equal([5, 5, 5], Assert.Single(seen));
    }

    [Fact]
    public void AHookReplacesWhatGoesOn()
    {
        using var tape = new Tape();
        Var y = tape.Square(_w);
        y.OnGradient(gradient => gradient.Fill(10));
        y.OnGradient(gradient => Ops.Scale(gradient, -1, into: gradient));
        tape.Backward(tape.Sum(y));
        Assert.Equal([-20, -40, -60], _w.Grad!.ToArray());
    }

    [Fact]
    public void AHookOnALeafSeesOnePassAndNotWhatWasKept()
    {
        var seen = new List<float[]>();
        _w.OnGradient(gradient =>
        {
            seen.Add(gradient.ToArray());
            gradient[0] = 0;
        });
        for (int pass = 0; pass < 2; pass++)
        {
            using var tape = new Tape();
            tape.Backward(tape.Sum(tape.Add(_w, tape.Square(_w))));
        }

        Assert.Equal([[3, 5, 7], [3, 5, 7]], seen);
        Assert.Equal([0, 10, 14], _w.Grad!.ToArray());
    }

    [Fact]
    public void AValueWithoutAGradientRefusesAHook()
    {
        var constant = new Var(_w.Value, name: "prompt");
        var error = Assert.Throws<InvalidOperationException>(() => constant.OnGradient(_ => { }));
        Assert.Contains("OnGradient: prompt [3] gets no gradient", error.Message);
    }
}
