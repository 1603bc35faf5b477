using Vitrine.Tensors;

namespace Vitrine.Autograd.Optimizers;

/// <summary>Updates parameters from their gradients, and keeps the running means that this
/// needs.</summary>
/// <remarks>Every update is one fused, threaded pass over a parameter's memory. The optimizer owns
/// its state, not the parameters. A step must be alone with them: no pass may read them
/// meanwhile.</remarks>
public abstract class Optimizer : IDisposable
{
    private readonly List<ParameterState> _states = [];

    /// <summary>Makes zeroed state for every parameter.</summary>
    /// <exception cref="ArgumentException">A parameter's name is not unique among all groups, or is
    /// another's second name.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> groups, params string[] means)
    {
        Groups = [.. groups];
        var names = new HashSet<string>();
        foreach (ParameterGroup group in Groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                if (!names.Add(parameter.Name!))
                {
                    throw new ArgumentException(
                        $"Optimizer: parameters need unique names; got '{parameter.Name}' twice.");
                }

                Require.Untied("Optimizer", parameter);
                Tensor<float>[] zeros =
                    [.. means.Select(_ => Tensor.Zeros<float>(
                        parameter.Storage.Shape, parameter.Storage.Device))];
                _states.Add(new ParameterState(parameter, group, zeros));
            }
        }

        State = [.. _states.SelectMany(state => means.Zip(
            state.Means,
            (mean, value) => new KeyValuePair<string, Tensor<float>>(
                $"{state.Parameter.Name}.{mean}", value)))];
    }

    /// <summary>The parameters, in groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The number of steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The state by name, <c>embed.W_E.mean</c>, in the layout of
    /// <see cref="Parameter.Storage"/>: what a checkpoint holds. Borrowed, and alive.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor<float>>> State { get; }

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGrad()
    {
        foreach (ParameterState state in _states)
        {
            state.Parameter.ZeroGrad();
        }
    }

    /// <summary>Updates every parameter that has a gradient, in place.</summary>
    /// <param name="learningRate">The rate of this step, before the groups' factors.</param>
    /// <param name="gradientScale">Multiplies every gradient:
    /// <see cref="GradientClipping"/>, whose NaN is let through, so that the update shows
    /// it.</param>
    /// <param name="zeroGradients">Sets the gradients to zero in the same pass, which saves a pass
    /// of <see cref="ZeroGrad"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite, or the
    /// factor is negative or infinite.</exception>
    public void Step(float learningRate, float gradientScale = 1, bool zeroGradients = false)
    {
        Require.NonNegative(learningRate, nameof(learningRate));
        if (!float.IsNaN(gradientScale))
        {
            Require.NonNegative(gradientScale, nameof(gradientScale));
        }

        Steps++;
        foreach (ParameterState state in _states)
        {
            if (state.Parameter.GradStorage is { } gradient)
            {
                float rate = learningRate * state.Group.LearningRateFactor;
                Update(
                    state.Parameter.Storage, gradient, state.Means, rate, state.Group.WeightDecay,
                    gradientScale, zeroGradients);
            }
        }
    }

    /// <summary>Restores a state taken from <see cref="State"/> and <see cref="Steps"/>.</summary>
    /// <param name="steps">How many steps it had taken.</param>
    /// <param name="read">Fills a tensor with the values saved under a name.</param>
    public void Restore(int steps, Action<string, Tensor<float>> read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        foreach ((string name, Tensor<float> tensor) in State)
        {
            read(name, tensor);
        }

        Steps = steps;
    }

    /// <summary>Releases the state.</summary>
    public void Dispose()
    {
        foreach ((_, Tensor<float> tensor) in State)
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>One fused pass over one parameter; <see cref="Steps"/> counts from 1.</summary>
    private protected abstract void Update(
        Tensor<float> parameter, Tensor<float> gradient, Tensor<float>[] means, float learningRate,
        float weightDecay, float gradientScale, bool zeroGradient);

    private sealed record ParameterState(
        Parameter Parameter, ParameterGroup Group, Tensor<float>[] Means);
}
