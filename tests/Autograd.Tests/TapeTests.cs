using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public sealed class TapeTests : IDisposable
{
    private readonly Parameter _w = new("w", Tensor.From<float>(1, 2, 3));
    private readonly Tensor<float> _x = Tensor.From<float>(4, 5, 6);

    public void Dispose()
    {
        _w.Dispose();
        _x.Dispose();
    }

    [Fact]
    public void Two_backward_passes_at_a_time_do_not_share_a_gradient()
    {
        using var w = new Parameter("w", Tensor.From<float>([2, 3]));
        using var tied = new Parameter("tied", w, storage => storage.Reshape(2, 1));
        using var first = new Tape();
        Var y = first.Square(w);
        y.OnGradient(_ =>
        {
            using var second = new Tape();
            Var loss = second.Sum(second.Add(second.Sum(w), second.Sum(tied)));
            var error = Assert.Throws<InvalidOperationException>(
                () => second.Backward(loss));
            Assert.Contains("still adding to the gradient of w [2]", error.Message);
        });
        first.Backward(first.Sum(y));
        Assert.Equal([4f, 6], w.Grad!.ToArray());

        using var next = new Tape();
        next.Backward(next.Sum(next.Add(next.Sum(w), next.Sum(tied))));
        Assert.Equal([6f, 8], w.Grad!.ToArray());
    }

    [Fact]
    public void ALeafUsedTwiceGetsTheSumOfBothWays()
    {
        using var tape = new Tape();
        Var y = tape.Add(tape.Multiply(_w, _w), _w);
        tape.Backward(tape.Sum(y));
        Assert.Equal([3, 5, 7], _w.Grad!.ToArray());
    }

    [Fact]
    public void ZeroGradStartsAgain()
    {
        Differentiate();
        _w.ZeroGrad();
        Assert.Equal([0, 0, 0], _w.Grad!.ToArray());
        Differentiate();
        Assert.Equal([4, 5, 6], _w.Grad!.ToArray());
    }

    [Fact]
    public void AParameterShowsItsGradientInItsOwnLayout()
    {
        using var weight = new Parameter(
            "weight", Tensor.From<float>([1, 2, 3, 4, 5, 6], [3, 2]), static x => x.Transpose());
        using var tape = new Tape();
        using Tensor<float> scale = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        tape.Backward(tape.Sum(tape.Multiply(weight, new Var(scale))));
        Assert.Equal([1, 2, 3, 4, 5, 6], weight.Grad!.ToArray());
        Assert.Equal([1, 4, 2, 5, 3, 6], weight.GradStorage!.ToArray());
        Assert.True(weight.GradStorage!.IsContiguous);
    }

    [Fact]
    public void AParameterRefusesAStridedStorage()
    {
        using Tensor<float> storage = Tensor.Zeros<float>([2, 3]);
        var error = Assert.Throws<ShapeException>(
            () => new Parameter("weight", storage.Transpose()));
        Assert.Contains("'weight' must be contiguous", error.Message);
    }

    [Fact]
    public void ALossOfManyNumbersNeedsACotangent()
    {
        using var tape = new Tape();
        Var y = tape.Square(_w);
        var error = Assert.Throws<InvalidOperationException>(() => tape.Backward(y));
        Assert.Contains("the loss must be one number; got [3]", error.Message);
        Assert.Throws<ShapeException>(() =>
        {
            using Tensor<float> wrong = Tensor.Zeros<float>([2]);
            tape.Backward(y, wrong);
        });
    }

    [Fact]
    public void BackwardRunsOnce()
    {
        using var tape = new Tape();
        Var loss = tape.Sum(_w);
        tape.Backward(loss);
        var again = Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        Assert.Contains("already run Backward", again.Message);
        var late = Assert.Throws<InvalidOperationException>(() => tape.Square(_w));
        Assert.Contains("already ran Backward", late.Message);
        Assert.Equal([1, 1, 1], _w.Grad!.ToArray());
    }

    [Fact]
    public void ALossWithoutALeafIsRefused()
    {
        using var tape = new Tape();
        Assert.Throws<InvalidOperationException>(() => tape.Backward(tape.Sum(new Var(_x))));
    }

    [Fact]
    public void AValueOfAnotherTapeIsRefusedUnlessMadeAConstant()
    {
        using var first = new Tape();
        using var second = new Tape();
        Var made = first.Square(_w);
        var error = Assert.Throws<InvalidOperationException>(() => second.Exp(made));
        Assert.Contains("Exp: an input [3] was made on another tape", error.Message);
        Assert.False(second.Exp(new Var(made.Value)).RequiresGrad);
        using var noGrad = Tape.NoGrad();
        Assert.False(noGrad.Exp(made).RequiresGrad);
    }

    [Fact]
    public void UseAfterReleaseIsAnError()
    {
        var tape = new Tape();
        Var y = tape.Sum(tape.Square(_w));
        tape.Dispose();
        tape.Dispose();
        Assert.Throws<ObjectDisposedException>(() => y.Value.ToArray());
        Assert.Throws<ObjectDisposedException>(() => tape.Square(_w));
        Assert.Throws<ObjectDisposedException>(() => tape.Backward(y));
    }

    [Fact]
    public void ASavedValueThatWasReleasedIsAnError()
    {
        using var tape = new Tape();
        Tensor<float> x = _x.Clone();
        Var loss = tape.Sum(tape.Multiply(_w, new Var(x)));
        x.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => tape.Backward(loss));
        Assert.Contains(
            "Multiply: a value [3] that its derivative needs was released", error.Message);
    }

    [Fact]
    public void ASavedValueThatWasChangedInPlaceIsAnError()
    {
        using var tape = new Tape();
        Var loss = tape.Sum(tape.Square(_w));
        _w.Value[0] = 9;
        var error = Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        Assert.Contains(
            "Square: a value [3] that its derivative needs was changed in place", error.Message);
    }

    [Fact]
    public void ChangedWeightsOfASumOfEntriesAreFoundToo()
    {
        using var weight = new Parameter("weight", Tensor.Full([2, 3], 1f));
        using Tensor<float> x = Tensor.Full([2, 2], 1f);
        using Tensor<float> bias = Tensor.Zeros<float>([3]);
        using Tensor<int> rows = Tensor.From<int>(0, 1);
        using Tensor<int> columns = Tensor.From<int>(2, 0);
        using Tensor<float> weights = Tensor.From<float>(0.5f, 2);
        using var tape = new Tape();
        Var sum = tape.LinearAtSum(new Var(x), weight, new Var(bias), rows, columns, weights);
        weights[0] = 9;
        Assert.Throws<InvalidOperationException>(() => tape.Backward(sum));
    }

    [Fact]
    public void ChangedIndicesAreFoundToo()
    {
        using var table = new Parameter("table", Tensor.Zeros<float>([3, 2]));
        using Tensor<int> ids = Tensor.From<int>(0, 2);
        using var tape = new Tape();
        Var loss = tape.Sum(tape.GatherRows(table, ids));
        ids[0] = 1;
        Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
    }

    [Fact]
    public void ChangingWhatNoDerivativeNeedsIsFine()
    {
        using var tape = new Tape();
        Var loss = tape.Sum(tape.Add(_w, new Var(_x)));
        _x[0] = 9;
        tape.Backward(loss);
        Assert.Equal([1, 1, 1], _w.Grad!.ToArray());
    }

    [Fact]
    public void AnOpWithoutARuleThrowsWhenRecordedAndWorksOtherwise()
    {
        using var tape = new Tape();
        var error = Assert.Throws<NotSupportedException>(() => tape.ArgMax(_w));
        Assert.Contains("ArgMax: there is no derivative rule, and its input w [3]", error.Message);
        Assert.Throws<NotSupportedException>(() => tape.TopK(_w, 2));
        Assert.Equal(2, tape.ArgMax(new Var(_x)).ToArray().Single());
        using var noGrad = Tape.NoGrad();
        Assert.Equal([3, 2], noGrad.TopK(_w, 2).Values.ToArray());
    }

    [Fact]
    public void EverythingMadeOnATapeReturnsToThePool()
    {
        Differentiate();
        long before = Device.Cpu.BytesInUse;
        using (var tape = new Tape())
        {
            Var y = tape.Exp(tape.Multiply(_w, new Var(_x)));
            y.OnGradient(_ => { });
            tape.Backward(tape.Mean(y));
            Assert.True(Device.Cpu.BytesInUse > before);
        }

        Assert.Equal(before, Device.Cpu.BytesInUse);
    }

    [Fact]
    public void AFailedBackwardReturnsItsGradientsToo()
    {
        Differentiate();
        long before = Device.Cpu.BytesInUse;
        using (var tape = new Tape())
        {
            Var loss = tape.Sum(tape.Exp(tape.Square(_w)));
            _w.Value[0] = 9;
            Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        }

        Assert.Equal(before, Device.Cpu.BytesInUse);
    }

    [Fact]
    public void GradientsOfWhatLiesBetweenAreFreedDuringThePass()
    {
        // A chain of maps of one size: at any time at most two gradients of it are alive, however
        // long.
        using var big = new Parameter("big", Tensor.Full([1000], 0.5f));
        using (var warm = new Tape())
        {
            warm.Backward(warm.Sum(big));
        }

        using var tape = new Tape();
        var seen = new List<long>();
        Var x = big;
        for (int i = 0; i < 20; i++)
        {
            x = tape.Scale(x, 1.01f);
            x.OnGradient(_ => seen.Add(Device.Cpu.BytesInUse));
        }

        Var loss = tape.Sum(x);
        long recorded = Device.Cpu.BytesInUse;
        tape.Backward(loss);
        Assert.Equal(20, seen.Count);
        Assert.All(seen, bytes => Assert.InRange(bytes - recorded, 0, 3 * 5000));
    }

    [Fact]
    public void ALeafThatIsNoParameterKeepsItsGradientAsLongAsTheTape()
    {
        var leaf = new Var(_x, requiresGrad: true);
        var tape = new Tape();
        tape.Backward(tape.Sum(tape.Square(leaf)));
        Assert.Equal([8, 10, 12], leaf.Grad!.ToArray());
        tape.Dispose();
        Assert.True(leaf.Grad.IsDisposed);
        using var next = new Tape();
        next.Backward(next.Sum(leaf));
        Assert.Equal([1, 1, 1], leaf.Grad.ToArray());
    }

    private void Differentiate()
    {
        using var tape = new Tape();
        tape.Backward(tape.Sum(tape.Multiply(_w, new Var(_x))));
    }
}
